// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IProgrammes} from "../../../contracts/interfaces/IProgrammes.sol";
import {IProjects} from "../../../contracts/interfaces/IProjects.sol";
import {IntervalSet} from "../../../contracts/libraries/IntervalSet.sol";
import {
    ComponentId,
    MethodologyId,
    ProgrammeId,
    ProjectId,
    VerificationId,
    VvbId
} from "../../../contracts/types/Ids.sol";
import {Kilograms} from "../../../contracts/types/Kilograms.sol";
import {vm} from "./Cheats.sol";
import {LedgerTest} from "./LedgerTest.sol";
import {Wallet} from "./Wallet.sol";

contract VerificationsTest is LedgerTest {
    uint256 private constant KEY = 0xA11;
    VerificationId private constant V1 = VerificationId.wrap(1);
    VerificationId private constant UNKNOWN = VerificationId.wrap(9);

    // proposeVerification

    function test_propose_emits_and_stores_and_claims_nothing() external {
        IProjects.Proposal memory stated = proposal();
        stated.component = COMPONENT; // the event names it, the statement did not
        vm.expectEmit(address(projects));
        emit IProjects.VerificationProposed(V1, VVB, stated);
        VerificationId id = propose(proposal());

        IProjects.Verification memory entry = projects.verification(id);
        vm.assertTrue(entry.project == project && entry.programme == VCS, "whose");
        vm.assertEq(MethodologyId.unwrap(entry.methodology), MethodologyId.unwrap(methodology));
        vm.assertEq(entry.periodStart, START);
        vm.assertEq(entry.periodEnd, END);
        vm.assertTrue(entry.cap == kg(10_000) && entry.issued == kg(0) && entry.carried == kg(0), "kilograms");
        _assertStatus(id, IProjects.VerificationStatus.Proposed);
        vm.assertTrue(entry.component == COMPONENT, "component");
        vm.assertEq(VvbId.unwrap(entry.vvb), 1);
        vm.assertEq(entry.proposedAt, block.timestamp);
        vm.assertEq(uint256(entry.acceptedAt) + entry.withdrawnAt, 0);
        vm.assertEq(entry.evidenceHash, "evidence");
        vm.assertEq(entry.dataRoot, "root");
        vm.assertEq(VerificationId.unwrap(entry.supersedes), 0);
        (VerificationId claimed,,) = projects.periodAt(COMPONENT, START);
        vm.assertEq(VerificationId.unwrap(claimed), 0);
    }

    function test_propose_reverts_for_anyone_but_a_vvb() external {
        IProjects.Proposal memory stated = proposal();
        vm.expectRevert(abi.encodeWithSelector(IProgrammes.NotAVvb.selector, operator));
        vm.prank(operator);
        projects.proposeVerification(stated);
    }

    function test_propose_reverts_when_vvb_is_suspended() external {
        programmes.suspendVvb(VVB, "");
        IProjects.Proposal memory stated = proposal();
        vm.expectRevert(_vvbSuspended());
        vm.prank(vvb);
        projects.proposeVerification(stated);
    }

    function test_propose_reverts_when_stated_before() external {
        propose(proposal());
        _refuses(proposal(), abi.encodeWithSelector(IProjects.VerificationAlreadyProposed.selector, V1));
        withdraw(V1);
        _refuses(proposal(), abi.encodeWithSelector(IProjects.VerificationAlreadyProposed.selector, V1));
    }

    function test_propose_takes_an_equal_statement_with_another_salt_or_vvb() external {
        propose(proposal());
        IProjects.Proposal memory again = proposal();
        again.salt = "2";
        propose(again);
        programmes.admitVvb("VVB-2", otherVvb);
        vm.prank(otherVvb);
        projects.proposeVerification(again);
    }

    function test_propose_until_its_deadline() external {
        IProjects.Proposal memory stated = proposal();
        stated.deadline = uint48(block.timestamp);
        propose(stated);
        stated.salt = "2";
        vm.warp(block.timestamp + 1);
        _refuses(stated, abi.encodeWithSelector(IProjects.VerificationExpired.selector, stated.deadline));
    }

    function test_propose_reverts_for_unknown_project() external {
        IProjects.Proposal memory stated = proposal();
        stated.project = ProjectId.wrap(9);
        _refuses(stated, abi.encodeWithSelector(IProjects.ProjectUnknown.selector, ProjectId.wrap(9)));
    }

    function test_propose_reverts_for_unknown_component() external {
        IProjects.Proposal memory stated = proposal();
        stated.component = ComponentId.wrap(9);
        _refuses(stated, abi.encodeWithSelector(IProjects.ComponentUnknown.selector, ComponentId.wrap(9)));
    }

    function test_propose_reverts_for_a_component_of_another_activity() external {
        vm.prank(operator);
        projects.registerProject(registration("1341", "LAKE-TANA"));
        IProjects.Proposal memory stated = proposal();
        stated.component = ComponentId.wrap(2);
        _refuses(
            stated, abi.encodeWithSelector(IProjects.ComponentOfOtherActivity.selector, ComponentId.wrap(2), ACTIVITY)
        );
    }

    function test_propose_reverts_for_a_component_that_is_not_active() external {
        shareActivity();
        vm.prank(operator);
        ComponentId id = projects.proposeComponent(ACTIVITY, "NORTH");
        IProjects.Proposal memory stated = proposal();
        stated.component = id;
        _refuses(stated, abi.encodeWithSelector(IProjects.ComponentNotActive.selector, id));
    }

    function test_propose_reverts_when_period_is_reversed() external {
        IProjects.Proposal memory stated = proposal();
        (stated.periodStart, stated.periodEnd) = (END, START);
        _refuses(stated, abi.encodeWithSelector(IProjects.VerificationPeriodReversed.selector, END, START));
    }

    function test_propose_reverts_when_period_ends_in_the_future() external {
        uint32 today = uint32(block.timestamp / 1 days);
        IProjects.Proposal memory stated = proposal();
        stated.periodEnd = today + 1;
        _refuses(stated, abi.encodeWithSelector(IProjects.VerificationPeriodNotOver.selector, today + 1));
        stated.periodEnd = type(uint32).max;
        _refuses(stated, abi.encodeWithSelector(IProjects.VerificationPeriodNotOver.selector, stated.periodEnd));
    }

    /// @dev F8 and P1: the last day counts when it is over, from midnight after it on.
    function test_propose_takes_a_day_when_it_is_over() external {
        uint32 day = uint32(block.timestamp / 1 days) + 1;
        IProjects.Proposal memory stated = proposal();
        stated.periodEnd = day;
        vm.warp((uint256(day) + 1) * 1 days - 1);
        _refuses(stated, abi.encodeWithSelector(IProjects.VerificationPeriodNotOver.selector, day));
        vm.warp((uint256(day) + 1) * 1 days);
        accept(propose(stated));
        (,, uint32 end) = projects.periodAt(COMPONENT, day);
        vm.assertEq(end, day);
    }

    function test_propose_takes_a_period_of_one_day() external {
        IProjects.Proposal memory stated = proposal();
        (stated.periodStart, stated.periodEnd) = (17_000, 17_000); // the project's first crediting day
        accept(propose(stated));
        (VerificationId id, uint32 start, uint32 end) = projects.periodAt(COMPONENT, 17_000);
        vm.assertEq(VerificationId.unwrap(id), 1);
        vm.assertEq(uint256(start) + end, 34_000);
    }

    /// @dev F20 turned round: what was credited can't have happened before the project's first crediting day.
    function test_propose_reverts_when_period_begins_before_crediting() external {
        IProjects.Proposal memory stated = proposal();
        stated.periodStart = 16_999;
        _refuses(
            stated,
            abi.encodeWithSelector(IProjects.PeriodBeforeCrediting.selector, project, uint32(16_999), uint32(17_000))
        );
        stated.periodStart = 17_000;
        propose(stated);
    }

    function test_propose_reverts_when_the_codes_name_another_project() external {
        for (uint256 i; i < 2; ++i) {
            IProjects.Proposal memory stated = proposal();
            if (i == 0) stated.programmeCode = "GS";
            else stated.projectCode = "1341";
            _refuses(
                stated,
                abi.encodeWithSelector(
                    IProjects.ProposalNamesOtherProject.selector, project, stated.programmeCode, stated.projectCode
                )
            );
        }
    }

    function test_propose_reverts_when_country_or_site_name_another_activity() external {
        for (uint256 i; i < 2; ++i) {
            IProjects.Proposal memory stated = proposal();
            if (i == 0) stated.country = "KE";
            else stated.site = "BALE-MOUNTAINS-2";
            _refuses(
                stated,
                abi.encodeWithSelector(IProjects.ProposalNamesOtherSite.selector, ACTIVITY, stated.country, stated.site)
            );
        }
    }

    function test_propose_reverts_when_the_name_is_another_components() external {
        vm.prank(operator);
        ComponentId north = projects.proposeComponent(ACTIVITY, "NORTH");
        IProjects.Proposal memory stated = proposal();
        stated.componentName = "NORTH"; // and component 0 is the first
        ComponentId first = projects.firstComponent(ACTIVITY);
        _refuses(
            stated, abi.encodeWithSelector(IProjects.ProposalNamesOtherComponent.selector, first, bytes32("NORTH"))
        );
        (stated.component, stated.componentName) = (north, "BALE-MOUNTAINS");
        _refuses(
            stated, abi.encodeWithSelector(IProjects.ProposalNamesOtherComponent.selector, north, stated.componentName)
        );
    }

    function test_propose_reverts_when_code_or_version_name_another_methodology() external {
        for (uint256 i; i < 2; ++i) {
            IProjects.Proposal memory stated = proposal();
            if (i == 0) stated.methodologyCode = "VM0007";
            else stated.methodologyVersion = "2.2";
            _refuses(
                stated,
                abi.encodeWithSelector(
                    IProjects.ProposalNamesOtherMethodology.selector,
                    methodology,
                    stated.methodologyCode,
                    stated.methodologyVersion
                )
            );
        }
    }

    /// @dev F19 turned round: after a reorganisation project 2 is another one, and the statement for it is void.
    function test_propose_signed_is_not_carried_to_another_project_by_a_reorganisation() external {
        address signer = _signer();
        uint256 before = vm.snapshotState();
        vm.prank(operator);
        IProjects.Proposal memory stated = proposal();
        stated.project = projects.registerProject(registration("HONEST", "LAKE-TANA"));
        stated = named(stated);
        bytes memory signature = _sign(KEY, stated);
        vm.revertToState(before);
        vm.prank(operator);
        projects.registerProject(registration("EVIL", "LAKE-ABBE"));
        vm.expectRevert(
            abi.encodeWithSelector(
                IProjects.ProposalNamesOtherProject.selector, stated.project, bytes32("VCS"), bytes32("HONEST")
            )
        );
        projects.proposeVerificationSigned(stated, signer, signature);
        stated.projectCode = "EVIL"; // which is not what was signed
        vm.expectRevert(abi.encodeWithSelector(IProjects.VerificationSignatureInvalid.selector, signer));
        projects.proposeVerificationSigned(stated, signer, signature);
    }

    function test_propose_reverts_when_empty() external {
        IProjects.Proposal memory stated = proposal();
        stated.verified = kg(0);
        _refuses(stated, abi.encodeWithSelector(IProjects.VerificationEmpty.selector));
    }

    function test_propose_reverts_without_evidence() external {
        IProjects.Proposal memory stated = proposal();
        stated.evidenceHash = 0;
        _refuses(stated, abi.encodeWithSelector(IProjects.VerificationWithoutEvidence.selector));
    }

    function test_propose_reverts_for_a_methodology_of_another_programme() external {
        IProjects.Proposal memory stated = proposal();
        stated.methodology = admitOther();
        _refuses(stated, abi.encodeWithSelector(IProjects.MethodologyOfOtherProgramme.selector, stated.methodology, GS));
    }

    function test_propose_reverts_for_unknown_methodology() external {
        IProjects.Proposal memory stated = proposal();
        stated.methodology = MethodologyId.wrap(9);
        _refuses(stated, abi.encodeWithSelector(IProgrammes.MethodologyUnknown.selector, MethodologyId.wrap(9)));
    }

    // proposeVerificationSigned

    function test_propose_signed_is_carried_by_anyone() external {
        address signer = _signer();
        IProjects.Proposal memory stated = proposal();
        bytes memory signature = _sign(KEY, stated);
        vm.prank(mallory);
        VerificationId id = projects.proposeVerificationSigned(stated, signer, signature);
        vm.assertEq(VvbId.unwrap(projects.verification(id).vvb), 2);
        vm.expectRevert(abi.encodeWithSelector(IProjects.VerificationAlreadyProposed.selector, id));
        projects.proposeVerificationSigned(stated, signer, signature);
        vm.expectRevert(abi.encodeWithSelector(IProjects.VerificationAlreadyProposed.selector, id));
        vm.prank(signer);
        projects.proposeVerification(stated);
    }

    function test_digest_is_eip712_of_the_struct_and_this_domain() external view {
        IProjects.Proposal memory stated = proposal();
        stated.supersedes = VerificationId.wrap(7);
        stated.component = ComponentId.wrap(5);
        stated.salt = "salt";
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("onetonne"),
                keccak256("1"),
                block.chainid,
                address(projects)
            )
        );
        bytes32 typeHash = keccak256(
            "Verification(uint32 project,bytes32 programmeCode,bytes32 projectCode,bytes2 country,bytes32 site,uint32 component,bytes32 componentName,uint32 methodology,bytes32 methodologyCode,bytes32 methodologyVersion,uint32 periodStart,uint32 periodEnd,uint48 verified,bytes32 evidenceHash,bytes32 dataRoot,string source,uint32 supersedes,uint48 deadline,bytes32 salt)"
        );
        bytes memory head = abi.encode(typeHash, uint256(1), bytes32("VCS"), bytes32("1340"));
        bytes32 site = "BALE-MOUNTAINS";
        head = bytes.concat(head, abi.encode(bytes32("ET"), site, uint256(5), site, uint256(1)));
        head = bytes.concat(head, abi.encode(bytes32("VM0042"), bytes32("2.1"), uint256(START), uint256(END)));
        bytes memory middle = abi.encode(uint256(10_000), bytes32("evidence"), bytes32("root"));
        bytes memory tail =
            abi.encode(keccak256("https://example.org/report"), uint256(7), uint256(type(uint48).max), bytes32("salt"));
        bytes32 structHash = keccak256(bytes.concat(head, middle, tail));
        bytes32 digest = keccak256(abi.encodePacked(hex"1901", domain, structHash));
        vm.assertEq(projects.verificationDigest(stated), digest);
    }

    function test_propose_signed_is_found_by_its_struct_hash() external {
        propose(proposal());
        vm.assertEq(VerificationId.unwrap(projects.verificationByStatement(VVB, _structHash(proposal()))), 1);
        vm.assertEq(VerificationId.unwrap(projects.verificationByStatement(VvbId.wrap(2), _structHash(proposal()))), 0);
    }

    /// @dev Whatever field differs from what was signed, the signature is void.
    function testFuzz_propose_signed_reverts_when_any_field_was_changed(uint8 field, uint32 by) external {
        address signer = _signer();
        IProjects.Proposal memory stated = proposal();
        stated.supersedes = V1;
        bytes memory signature = _sign(KEY, stated);
        by = by == 0 ? 1 : by;
        field %= 19;
        if (field == 0) stated.project = ProjectId.wrap(ProjectId.unwrap(stated.project) ^ by);
        if (field == 1) stated.component = ComponentId.wrap(by);
        if (field == 2) stated.methodology = MethodologyId.wrap(MethodologyId.unwrap(stated.methodology) ^ by);
        if (field == 3) stated.periodStart ^= by;
        if (field == 4) stated.periodEnd ^= by;
        if (field == 5) stated.verified = kg(10_000 ^ by);
        if (field == 6) stated.evidenceHash ^= bytes32(uint256(by));
        if (field == 7) stated.dataRoot ^= bytes32(uint256(by));
        if (field == 8) stated.source = string.concat(stated.source, " ");
        if (field == 9) stated.supersedes = VerificationId.wrap(1 ^ by);
        if (field == 10) stated.deadline ^= by;
        if (field == 11) stated.salt = bytes32(uint256(by));
        if (field == 12) stated.programmeCode ^= bytes32(uint256(by));
        if (field == 13) stated.projectCode ^= bytes32(uint256(by));
        if (field == 14) stated.methodologyCode ^= bytes32(uint256(by));
        if (field == 15) stated.methodologyVersion ^= bytes32(uint256(by));
        if (field == 16) stated.country ^= bytes2(uint16(by | 1));
        if (field == 17) stated.site ^= bytes32(uint256(by));
        if (field == 18) stated.componentName ^= bytes32(uint256(by));
        vm.expectRevert(abi.encodeWithSelector(IProjects.VerificationSignatureInvalid.selector, signer));
        projects.proposeVerificationSigned(stated, signer, signature);
    }

    function test_propose_signed_reverts_when_another_signed() external {
        address signer = _signer();
        IProjects.Proposal memory stated = proposal();
        bytes memory signature = _sign(0xBAD, stated);
        vm.expectRevert(abi.encodeWithSelector(IProjects.VerificationSignatureInvalid.selector, signer));
        projects.proposeVerificationSigned(stated, signer, signature);
        signature = _sign(KEY, stated);
        vm.expectRevert(abi.encodeWithSelector(IProjects.VerificationSignatureInvalid.selector, vvb));
        projects.proposeVerificationSigned(stated, vvb, signature);
    }

    function test_propose_signed_reverts_on_garbage_signatures() external {
        address signer = _signer();
        IProjects.Proposal memory stated = proposal();
        bytes memory signature = _sign(KEY, stated);
        bytes[5] memory bad = [
            bytes(""),
            new bytes(65),
            bytes.concat(signature, hex"00"),
            _malleate(signature),
            abi.encodePacked(bytes32(0), bytes32(0), uint8(27))
        ];
        for (uint256 i; i < bad.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IProjects.VerificationSignatureInvalid.selector, signer));
            projects.proposeVerificationSigned(stated, signer, bad[i]);
        }
    }

    function test_propose_signed_reverts_on_another_chain_and_another_deployment() external {
        address signer = _signer();
        IProjects.Proposal memory stated = proposal();
        bytes memory signature = _sign(KEY, stated);
        uint256 home = block.chainid;
        vm.chainId(home + 1);
        vm.expectRevert(abi.encodeWithSelector(IProjects.VerificationSignatureInvalid.selector, signer));
        projects.proposeVerificationSigned(stated, signer, signature);
        vm.chainId(home);

        deploy();
        admit();
        programmes.admitVvb("VVB-2", signer);
        vm.expectRevert(abi.encodeWithSelector(IProjects.VerificationSignatureInvalid.selector, signer));
        projects.proposeVerificationSigned(stated, signer, signature);
    }

    function test_propose_signed_reverts_for_a_key_rotated_away() external {
        address signer = _signer();
        IProjects.Proposal memory stated = proposal();
        bytes memory signature = _sign(KEY, stated);
        programmes.rotateVvbKey(VvbId.wrap(2), alice);
        vm.expectRevert(abi.encodeWithSelector(IProgrammes.NotAVvb.selector, signer));
        projects.proposeVerificationSigned(stated, signer, signature);
        vm.expectRevert(abi.encodeWithSelector(IProjects.VerificationSignatureInvalid.selector, alice));
        projects.proposeVerificationSigned(stated, alice, signature);
    }

    function test_propose_signed_reverts_when_vvb_is_suspended() external {
        programmes.suspendVvb(VVB, "");
        IProjects.Proposal memory stated = proposal();
        vm.expectRevert(_vvbSuspended());
        projects.proposeVerificationSigned(stated, vvb, "");
    }

    function test_propose_signed_reverts_after_its_deadline() external {
        address signer = _signer();
        IProjects.Proposal memory stated = proposal();
        stated.deadline = uint48(block.timestamp - 1);
        bytes memory signature = _sign(KEY, stated);
        vm.expectRevert(abi.encodeWithSelector(IProjects.VerificationExpired.selector, stated.deadline));
        projects.proposeVerificationSigned(stated, signer, signature);
    }

    function test_propose_signed_by_a_contract_wallet() external {
        Wallet wallet = new Wallet();
        programmes.admitVvb("VVB-2", address(wallet));
        IProjects.Proposal memory stated = proposal();
        vm.expectRevert(abi.encodeWithSelector(IProjects.VerificationSignatureInvalid.selector, address(wallet)));
        projects.proposeVerificationSigned(stated, address(wallet), "");
        wallet.approve(projects.verificationDigest(stated));
        projects.proposeVerificationSigned(stated, address(wallet), "");
    }

    // acceptVerification

    function test_accept_emits_and_claims_the_period() external {
        VerificationId id = propose(proposal());
        vm.warp(block.timestamp + 60);
        vm.expectEmit(address(projects));
        emit IProjects.VerificationAccepted(id, kg(10_000));
        accept(id);
        _assertStatus(id, IProjects.VerificationStatus.Accepted);
        vm.assertEq(projects.verification(id).acceptedAt, block.timestamp);
        _assertClaim(START, 1);
        _assertClaim(END, 1);
        _assertClaim(START - 1, 0);
        _assertClaim(END + 1, 0);
        (, uint32 start, uint32 end) = projects.periodAt(COMPONENT, START + 9);
        vm.assertTrue(start == START && end == END, "the whole period");
    }

    function test_accept_reverts_when_unknown() external {
        vm.expectRevert(abi.encodeWithSelector(IProjects.VerificationUnknown.selector, UNKNOWN));
        accept(UNKNOWN);
    }

    function test_accept_reverts_twice() external {
        VerificationId id = propose(proposal());
        accept(id);
        vm.expectRevert(
            abi.encodeWithSelector(
                IProjects.VerificationStatusIs.selector,
                id,
                IProjects.VerificationStatus.Accepted,
                IProjects.VerificationStatus.Proposed
            )
        );
        accept(id);
    }

    function test_accept_reverts_for_anyone_but_an_operator() external {
        VerificationId id = propose(proposal());
        vm.expectRevert(abi.encodeWithSelector(IProgrammes.NotAnOperator.selector, vvb));
        vm.prank(vvb);
        projects.acceptVerification(id, HEAD);
    }

    function test_accept_reverts_for_another_programmes_operator() external {
        admitOther();
        VerificationId id = propose(proposal());
        vm.expectRevert(abi.encodeWithSelector(IProjects.VerificationOfOtherProgramme.selector, id, GS));
        vm.prank(otherOperator);
        projects.acceptVerification(id, HEAD);
    }

    function test_accept_reverts_when_programme_is_suspended() external {
        VerificationId id = propose(proposal());
        programmes.suspendProgramme(VCS, "");
        vm.expectRevert(
            abi.encodeWithSelector(
                IProgrammes.ProgrammeNotActive.selector, VCS, IProgrammes.Standing.Suspended, block.timestamp
            )
        );
        accept(id);
    }

    function test_accept_reverts_when_vvb_lost_its_accreditation() external {
        VerificationId id = propose(proposal());
        programmes.suspendVvb(VVB, "");
        vm.expectRevert(_vvbSuspended());
        accept(id);
    }

    function test_accept_reverts_when_methodology_is_suspended() external {
        VerificationId id = propose(proposal());
        vm.prank(operator);
        programmes.suspendMethodology(methodology, "");
        vm.expectRevert(
            abi.encodeWithSelector(
                IProgrammes.MethodologyNotActive.selector, methodology, IProgrammes.Standing.Suspended, block.timestamp
            )
        );
        accept(id);
    }

    function test_accept_reverts_when_days_are_claimed() external {
        accept(propose(proposal()));
        uint32[2][5] memory periods =
            [[START, END], [START + 9, START + 9], [START - 9, END + 9], [START - 9, START], [END, END + 9]];
        for (uint256 i; i < periods.length; ++i) {
            VerificationId id = propose(_period(periods[i][0], periods[i][1], 1000, V0));
            vm.expectRevert(
                abi.encodeWithSelector(
                    IProjects.MonitoringPeriodOverlaps.selector, COMPONENT, periods[i][0], periods[i][1], V1, START, END
                )
            );
            accept(id);
        }
    }

    /// @dev A second project of the programme on the same activity earns nothing for the same days.
    function test_accept_reverts_when_days_are_claimed_by_another_project() external {
        accept(propose(proposal()));
        vm.prank(operator);
        ProjectId twin = projects.registerProject(registration("1341", "BALE-MOUNTAINS"));
        IProjects.Proposal memory stated = proposal();
        stated.project = twin;
        VerificationId id = propose(stated);
        vm.expectRevert(_overlaps());
        accept(id);
    }

    /// @dev Withdrawn, it keeps its days: only a successor has them.
    function test_accept_reverts_when_days_were_claimed_by_what_is_withdrawn() external {
        accept(propose(proposal()));
        withdraw(V1);
        VerificationId id = propose(_period(START, END, 1000, V0));
        vm.expectRevert(_overlaps());
        accept(id);
    }

    function test_accept_reverts_when_withdrawn() external {
        VerificationId id = propose(proposal());
        withdraw(id);
        vm.expectRevert(
            abi.encodeWithSelector(
                IProjects.VerificationStatusIs.selector,
                id,
                IProjects.VerificationStatus.Withdrawn,
                IProjects.VerificationStatus.Proposed
            )
        );
        accept(id);
    }

    function test_accept_takes_neighbouring_periods_with_any_sound_hint() external {
        accept(propose(proposal()));
        accept(propose(_period(END + 1, END + 365, 1000, V0)));
        VerificationId below = propose(_period(START - 365, START - 1, 1000, V0));
        uint64 hint = projects.periodHint(below);
        vm.prank(operator);
        projects.acceptVerification(below, hint);
        VerificationId lowest = propose(_period(START - 400, START - 366, 1000, V0));
        vm.prank(operator);
        projects.acceptVerification(lowest, END); // stale, above
        _assertClaim(START - 1, 3);
        _assertClaim(START - 366, 4);
        _assertClaim(END + 1, 2);
    }

    function test_accept_reverts_on_a_hint_that_cannot_be_followed() external {
        accept(propose(proposal()));
        VerificationId id = propose(_period(END + 1, END + 9, 1000, V0));
        vm.expectRevert(abi.encodeWithSelector(IntervalSet.IntervalHintUnknown.selector, uint64(7)));
        vm.prank(operator);
        projects.acceptVerification(id, 7);
        vm.expectRevert(abi.encodeWithSelector(IntervalSet.IntervalHintNotAbove.selector, uint64(END), uint64(END + 1)));
        vm.prank(operator);
        projects.acceptVerification(id, END);
    }

    function test_accept_takes_the_same_days_of_another_component() external {
        accept(propose(proposal()));
        vm.prank(operator);
        ComponentId north = projects.proposeComponent(ACTIVITY, "NORTH");
        IProjects.Proposal memory stated = proposal();
        stated.component = north;
        accept(propose(stated));
    }

    // withdrawVerification

    function test_withdraw_emits_and_keeps_the_period() external {
        accept(propose(proposal()));
        vm.warp(block.timestamp + 60);
        vm.expectEmit(address(projects));
        emit IProjects.VerificationWithdrawn(V1, vvb, "typo");
        vm.prank(vvb);
        projects.withdrawVerification(V1, "typo");
        _assertStatus(V1, IProjects.VerificationStatus.Withdrawn);
        vm.assertEq(projects.verification(V1).withdrawnAt, block.timestamp);
        _assertClaim(START, 1);
    }

    function test_withdraw_by_the_operator_keeps_what_was_issued() external {
        accept(propose(proposal()));
        _issue(V1, 6);
        vm.expectEmit(address(projects));
        emit IProjects.VerificationWithdrawn(V1, operator, "typo");
        withdraw(V1);
        IProjects.Verification memory entry = projects.verification(V1);
        vm.assertTrue(entry.issued == kg(6000) && entry.carried == kg(6000), "handed on");
        vm.assertEq(credits.balanceOf(alice, 1), 6000);
    }

    function test_withdraw_is_open_to_who_is_suspended() external {
        propose(proposal());
        programmes.suspendProgramme(VCS, "");
        programmes.suspendVvb(VVB, "");
        withdraw(V1);
        _assertStatus(V1, IProjects.VerificationStatus.Withdrawn);
    }

    function test_withdraw_belongs_to_current_keys_only() external {
        propose(proposal());
        programmes.rotateOperator(VCS, otherOperator);
        programmes.rotateVvbKey(VVB, otherVvb);
        programmes.admitProgramme("GS", bob);
        address[5] memory strangers = [operator, vvb, mallory, bob, address(this)];
        for (uint256 i; i < strangers.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IProjects.NotAllowedToWithdraw.selector, V1, strangers[i]));
            vm.prank(strangers[i]);
            projects.withdrawVerification(V1, "");
        }
        vm.prank(otherVvb);
        projects.withdrawVerification(V1, "");
    }

    function test_withdraw_reverts_twice() external {
        propose(proposal());
        withdraw(V1);
        vm.expectRevert(
            abi.encodeWithSelector(
                IProjects.VerificationStatusIs.selector,
                V1,
                IProjects.VerificationStatus.Withdrawn,
                IProjects.VerificationStatus.Accepted
            )
        );
        withdraw(V1);
    }

    function test_withdraw_reverts_when_unknown() external {
        vm.expectRevert(abi.encodeWithSelector(IProjects.VerificationUnknown.selector, UNKNOWN));
        withdraw(UNKNOWN);
    }

    // supersession

    function test_supersede_inherits_the_claim_less_what_was_issued() external {
        _issueAndWithdraw(6);
        VerificationId id = propose(_period(START, END, 8000, V1));
        vm.expectEmit(address(projects));
        emit IProjects.VerificationAccepted(id, kg(2000));
        accept(id);
        IProjects.Verification memory entry = projects.verification(id);
        vm.assertTrue(entry.cap == kg(2000) && entry.carried == kg(6000), "8 verified, 6 issued before");
        vm.assertTrue(projects.verification(V1).carried == kg(6000), "what it handed on");
        _assertStatus(V1, IProjects.VerificationStatus.Superseded);
        _assertClaim(START, 1); // the days stay in the name of the first
        _issue(id, 2);
        _exceeds(id, 1, 0);
    }

    function test_supersede_with_less_than_was_issued_has_no_cap() external {
        _issueAndWithdraw(6);
        VerificationId id = propose(_period(START, END, 5000, V1));
        accept(id);
        IProjects.Verification memory entry = projects.verification(id);
        vm.assertTrue(entry.cap == kg(0) && entry.carried == kg(6000), "nothing left, and all of it remembered");
        _exceeds(id, 1, 0);
    }

    /// @dev A chain of corrections, each with its own figure, never opens more than the last figure.
    function test_supersession_chain_frees_no_cap() external {
        accept(propose(_period(START, END, 100_000, V0)));
        _issue(V1, 60);
        withdraw(V1);
        VerificationId typo = propose(_period(START, END, 30_000, V1));
        accept(typo);
        _exceeds(typo, 1, 0);
        withdraw(typo);
        VerificationId id = propose(_period(START, END, 100_000, typo));
        accept(id);
        IProjects.Verification memory entry = projects.verification(id);
        vm.assertTrue(entry.cap == kg(40_000) && entry.carried == kg(60_000), "100 verified, 60 issued");
        _issue(id, 40);
        _exceeds(id, 1, 0);
    }

    function test_supersession_chain_carries_every_link() external {
        _issueAndWithdraw(2);
        VerificationId second = propose(_period(START, END, 5000, V1));
        accept(second);
        _issue(second, 3);
        withdraw(second);
        VerificationId third = propose(_period(START, END, 9000, second));
        accept(third);
        vm.assertTrue(projects.verification(third).cap == kg(4000), "nine less two and three");
    }

    /// @dev Two successors could divide the days, and each withdrawal freed cap for the other.
    function test_supersede_has_no_siblings() external {
        accept(propose(_period(START, END, 100_000, V0)));
        _issue(V1, 100);
        withdraw(V1);
        VerificationId second = propose(_period(START, START + 99, 100_000, V1));
        VerificationId sibling = propose(_period(START + 100, END, 92_000, V1));
        accept(second);
        _cannotSupersede(sibling, V1);
        withdraw(second);
        _cannotSupersede(sibling, V1);
        VerificationId third = propose(_period(START, END, 100_000, second));
        accept(third);
        _cannotSupersede(sibling, V1);
        VerificationId[3] memory all = [V1, second, third];
        Kilograms sum = kg(0);
        for (uint256 i; i < all.length; ++i) {
            sum = sum + projects.verification(all[i]).issued;
        }
        vm.assertTrue(sum == kg(100_000), "what is validly verified");
        vm.assertTrue(projects.verification(second).cap == kg(0) && projects.verification(third).cap == kg(0), "caps");
        _exceeds(third, 1, 0);
    }

    /// @dev A successor that nobody accepted takes nothing over.
    function test_supersede_after_a_successor_was_withdrawn_unaccepted() external {
        _issueAndWithdraw(6);
        VerificationId typo = propose(_period(START, END, 1000, V1));
        withdraw(typo);
        _assertStatus(V1, IProjects.VerificationStatus.Withdrawn);
        _notSupersedable(_period(START, END, 10_000, typo));
        VerificationId id = propose(_period(START, END, 10_000, V1));
        accept(id);
        vm.assertTrue(projects.verification(id).cap == kg(4000), "ten less six");
    }

    function test_supersede_stays_within_the_claim_and_not_within_its_predecessor() external {
        _issueAndWithdraw(6);
        VerificationId narrow = propose(_period(START + 100, START + 199, 8000, V1));
        accept(narrow);
        withdraw(narrow);
        _outsideClaim(_period(START - 1, END, 9000, narrow));
        _outsideClaim(_period(START, END + 1, 9000, narrow));
        VerificationId wide = propose(_period(START, END, 9000, narrow));
        accept(wide);
        vm.assertTrue(projects.verification(wide).cap == kg(3000), "nine less six");
        _issue(wide, 3); // of the whole year
        _assertClaim(START, 1);
        _assertClaim(END, 1);
    }

    /// @dev It claims no days, so that the hint is for nobody.
    function test_supersede_needs_no_hint() external {
        _issueAndWithdraw(6);
        accept(propose(_period(END + 1, END + 9, 1000, V0)));
        VerificationId id = propose(_period(START, END - 1, 8000, V1));
        vm.assertEq(projects.periodHint(id), END);
        vm.prank(operator);
        projects.acceptVerification(id, 7);
    }

    function test_superseded_verification_is_not_issued_against_nor_withdrawn() external {
        _issueAndWithdraw(6);
        accept(propose(_period(START, END, 8000, V1)));
        bytes memory refusal = abi.encodeWithSelector(
            IProjects.VerificationStatusIs.selector,
            V1,
            IProjects.VerificationStatus.Superseded,
            IProjects.VerificationStatus.Accepted
        );
        vm.expectRevert(refusal);
        vm.prank(operator);
        credits.issue(one(issuance(V1, _next, _next)), alice);
        vm.expectRevert(refusal);
        withdraw(V1);
    }

    function test_supersede_reverts_when_not_withdrawn() external {
        accept(propose(proposal()));
        _notSupersedable(_period(START, END, 1000, V1));
    }

    function test_supersede_reverts_when_never_accepted() external {
        propose(proposal());
        withdraw(V1);
        _notSupersedable(_period(START, END, 1000, V1));
    }

    function test_supersede_reverts_when_unknown() external {
        _notSupersedable(_period(START, END, 1000, UNKNOWN));
    }

    function test_supersede_reverts_when_it_names_itself() external {
        _notSupersedable(_period(START, END, 1000, V1));
    }

    function test_supersede_reverts_when_two_name_each_other() external {
        VerificationId second = VerificationId.wrap(2);
        propose(_period(START, END, 1000, second));
        propose(_period(START, END, 1000, V1));
        _cannotSupersede(V1, second);
        _cannotSupersede(second, V1);
        withdraw(V1);
        _cannotSupersede(second, V1);
    }

    function test_supersede_reverts_outside_the_claim() external {
        _issueAndWithdraw(6);
        _outsideClaim(_period(START - 1, END, 1000, V1));
        _outsideClaim(_period(START, END + 1, 1000, V1));
    }

    function test_supersede_reverts_for_another_project() external {
        _issueAndWithdraw(6);
        vm.prank(operator);
        ProjectId twin = projects.registerProject(registration("1341", "BALE-MOUNTAINS"));
        IProjects.Proposal memory stated = _period(START, END, 1000, V1);
        stated.project = twin;
        _supersedesElsewhere(stated);
    }

    function test_supersede_reverts_for_another_component() external {
        _issueAndWithdraw(6);
        IProjects.Proposal memory stated = _period(START, END, 1000, V1);
        vm.prank(operator);
        stated.component = projects.proposeComponent(ACTIVITY, "NORTH");
        _supersedesElsewhere(stated);
    }

    function test_holder_of_a_claim_is_the_last_that_was_accepted() external {
        _issueAndWithdraw(6);
        vm.assertEq(VerificationId.unwrap(projects.holderOfClaim(V1)), 1);
        VerificationId second = propose(_period(START, END, 8000, V1));
        vm.assertEq(VerificationId.unwrap(projects.holderOfClaim(V1)), 1);
        accept(second);
        vm.assertEq(VerificationId.unwrap(projects.holderOfClaim(V1)), 2);
        withdraw(second);
        accept(propose(_period(START, END, 9000, second)));
        vm.assertEq(VerificationId.unwrap(projects.holderOfClaim(V1)), 3);
    }

    // recordIssuance

    function test_record_issuance_is_for_credits_only() external {
        accept(propose(proposal()));
        vm.expectRevert(abi.encodeWithSelector(IProjects.OnlyCredits.selector, operator));
        vm.prank(operator);
        projects.recordIssuance(V1, VCS, START, END, 2020, kg(1000));
    }

    function test_record_issuance_counts_and_answers() external {
        accept(propose(proposal()));
        vm.prank(address(credits));
        (ProjectId whose, MethodologyId rule) = projects.recordIssuance(V1, VCS, START, END, 2020, kg(1000));
        vm.assertTrue(whose == project, "project");
        vm.assertEq(MethodologyId.unwrap(rule), MethodologyId.unwrap(methodology));
        vm.assertTrue(projects.verification(V1).issued == kg(1000), "counted");
    }

    // views

    function test_views_of_what_is_not_there() external {
        vm.expectRevert(abi.encodeWithSelector(IProjects.VerificationUnknown.selector, UNKNOWN));
        projects.verification(UNKNOWN);
        vm.expectRevert(abi.encodeWithSelector(IProjects.VerificationUnknown.selector, UNKNOWN));
        projects.periodHint(UNKNOWN);
        (VerificationId id, uint32 start, uint32 end) = projects.periodAt(ComponentId.wrap(9), 0);
        vm.assertEq(VerificationId.unwrap(id) + uint256(start) + end, 0);
    }

    VerificationId private constant V0 = VerificationId.wrap(0);

    function _period(uint32 start, uint32 end, uint48 kilograms, VerificationId supersedes)
        private
        view
        returns (IProjects.Proposal memory stated)
    {
        stated = proposal();
        (stated.periodStart, stated.periodEnd) = (start, end);
        stated.verified = kg(kilograms);
        stated.supersedes = supersedes;
    }

    function _issueAndWithdraw(uint64 tonnes) private {
        accept(propose(proposal()));
        _issue(V1, tonnes);
        withdraw(V1);
    }

    uint64 private _next = 1;

    function _issue(VerificationId id, uint64 tonnes) private {
        issueTo(alice, issuance(id, _next, _next + tonnes - 1));
        _next += tonnes;
    }

    function _exceeds(VerificationId id, uint64 tonnes, uint48 remaining) private {
        vm.expectRevert(
            abi.encodeWithSelector(
                IProjects.VerifiedQuantityExceeded.selector, id, uint256(tonnes) * 1000, Kilograms.wrap(remaining)
            )
        );
        vm.prank(operator);
        credits.issue(one(issuance(id, _next, _next + tonnes - 1)), alice);
    }

    function _refuses(IProjects.Proposal memory stated, bytes memory refusal) private {
        vm.expectRevert(refusal);
        vm.prank(vvb);
        projects.proposeVerification(stated);
    }

    function _notSupersedable(IProjects.Proposal memory stated) private {
        _cannotSupersede(propose(stated), stated.supersedes);
    }

    /// @dev The claim is the fixture's year, whose first verification it was.
    function _outsideClaim(IProjects.Proposal memory stated) private {
        VerificationId id = propose(stated);
        vm.expectRevert(abi.encodeWithSelector(IProjects.PeriodOutsideClaim.selector, stated.supersedes, START, END));
        accept(id);
    }

    function _supersedesElsewhere(IProjects.Proposal memory stated) private {
        VerificationId id = propose(stated);
        vm.expectRevert(abi.encodeWithSelector(IProjects.SupersededElsewhere.selector, stated.supersedes));
        accept(id);
    }

    function _cannotSupersede(VerificationId id, VerificationId old) private {
        vm.expectRevert(abi.encodeWithSelector(IProjects.NotSupersedable.selector, old));
        accept(id);
    }

    function _signer() private returns (address signer) {
        signer = vm.addr(KEY);
        programmes.admitVvb("VVB-2", signer);
    }

    function _sign(uint256 key, IProjects.Proposal memory stated) private view returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, projects.verificationDigest(stated));
        return abi.encodePacked(r, s, v);
    }

    /// @dev The other signature that the curve admits for the same key and text.
    function _malleate(bytes memory signature) private pure returns (bytes memory) {
        (bytes32 r, bytes32 s) = (bytes32(0), bytes32(0));
        assembly ("memory-safe") {
            r := mload(add(signature, 32))
            s := mload(add(signature, 64))
        }
        uint256 order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;
        uint8 v = uint8(signature[64]) == 27 ? 28 : 27;
        return abi.encodePacked(r, order - uint256(s), v);
    }

    function _structHash(IProjects.Proposal memory p) private pure returns (bytes32) {
        bytes memory head = abi.encode(
            keccak256(
                "Verification(uint32 project,bytes32 programmeCode,bytes32 projectCode,bytes2 country,bytes32 site,uint32 component,bytes32 componentName,uint32 methodology,bytes32 methodologyCode,bytes32 methodologyVersion,uint32 periodStart,uint32 periodEnd,uint48 verified,bytes32 evidenceHash,bytes32 dataRoot,string source,uint32 supersedes,uint48 deadline,bytes32 salt)"
            ),
            p.project,
            p.programmeCode,
            p.projectCode,
            p.country,
            p.site,
            p.component,
            p.componentName,
            p.methodology,
            p.methodologyCode,
            p.methodologyVersion
        );
        bytes memory tail = abi.encode(
            p.periodStart,
            p.periodEnd,
            p.verified,
            p.evidenceHash,
            p.dataRoot,
            keccak256(bytes(p.source)),
            p.supersedes,
            p.deadline,
            p.salt
        );
        return keccak256(bytes.concat(head, tail));
    }

    /// @dev The days of 2020, which verification 1 claims already.
    function _overlaps() private pure returns (bytes memory) {
        return
            abi.encodeWithSelector(IProjects.MonitoringPeriodOverlaps.selector, COMPONENT, START, END, V1, START, END);
    }

    function _vvbSuspended() private view returns (bytes memory) {
        return
            abi.encodeWithSelector(
                IProgrammes.VvbNotActive.selector, VVB, IProgrammes.Standing.Suspended, block.timestamp
            );
    }

    function _assertStatus(VerificationId id, IProjects.VerificationStatus status) private view {
        vm.assertEq(uint8(projects.verification(id).status), uint8(status));
    }

    function _assertClaim(uint32 day, uint32 id) private view {
        (VerificationId claimed,,) = projects.periodAt(COMPONENT, day);
        vm.assertEq(VerificationId.unwrap(claimed), id);
    }
}
