// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

// Every id counts from 1 within a deployment and packs no meaning; 0 is "none".

type ProgrammeId is uint16;
type MethodologyId is uint32;
type VvbId is uint32;
type ActivityId is uint32;
type ComponentId is uint32;
type ProjectId is uint32;
type VerificationId is uint32;

/// @dev A batch's id is its ERC-1155 token id.
type BatchId is uint32;

/// @dev A retirement's id is its certificate's ERC-721 token id.
type RetirementId is uint40;
type CancellationId is uint40;
type RedemptionId is uint40;
type ShortfallId is uint32;

using {sameProgramme as ==, otherProgramme as !=} for ProgrammeId global;
using {sameProject as ==} for ProjectId global;
using {sameComponent as ==} for ComponentId global;

function sameProgramme(ProgrammeId a, ProgrammeId b) pure returns (bool) {
    return ProgrammeId.unwrap(a) == ProgrammeId.unwrap(b);
}

function otherProgramme(ProgrammeId a, ProgrammeId b) pure returns (bool) {
    return ProgrammeId.unwrap(a) != ProgrammeId.unwrap(b);
}

function sameProject(ProjectId a, ProjectId b) pure returns (bool) {
    return ProjectId.unwrap(a) == ProjectId.unwrap(b);
}

function sameComponent(ComponentId a, ComponentId b) pure returns (bool) {
    return ComponentId.unwrap(a) == ComponentId.unwrap(b);
}
