export const certificatesAbi = [
  {
    "inputs": [
      {
        "internalType": "contract ICredits",
        "name": "credits_",
        "type": "address"
      },
      {
        "internalType": "contract IRenderer",
        "name": "renderer_",
        "type": "address"
      }
    ],
    "stateMutability": "nonpayable",
    "type": "constructor"
  },
  {
    "inputs": [
      {
        "internalType": "address",
        "name": "authority",
        "type": "address"
      }
    ],
    "name": "AccessManagedInvalidAuthority",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "address",
        "name": "caller",
        "type": "address"
      },
      {
        "internalType": "uint32",
        "name": "delay",
        "type": "uint32"
      }
    ],
    "name": "AccessManagedRequiredDelay",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "address",
        "name": "caller",
        "type": "address"
      }
    ],
    "name": "AccessManagedUnauthorized",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "operationId",
        "type": "bytes32"
      }
    ],
    "name": "AccessManagerAlreadyScheduled",
    "type": "error"
  },
  {
    "inputs": [],
    "name": "AccessManagerBadConfirmation",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "operationId",
        "type": "bytes32"
      }
    ],
    "name": "AccessManagerExpired",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "address",
        "name": "initialAdmin",
        "type": "address"
      }
    ],
    "name": "AccessManagerInvalidInitialAdmin",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "bytes4",
        "name": "selector",
        "type": "bytes4"
      }
    ],
    "name": "AccessManagerLockedFunction",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "uint64",
        "name": "roleId",
        "type": "uint64"
      }
    ],
    "name": "AccessManagerLockedRole",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "operationId",
        "type": "bytes32"
      }
    ],
    "name": "AccessManagerNotReady",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "operationId",
        "type": "bytes32"
      }
    ],
    "name": "AccessManagerNotScheduled",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "address",
        "name": "msgsender",
        "type": "address"
      },
      {
        "internalType": "uint64",
        "name": "roleId",
        "type": "uint64"
      }
    ],
    "name": "AccessManagerUnauthorizedAccount",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "address",
        "name": "caller",
        "type": "address"
      },
      {
        "internalType": "address",
        "name": "target",
        "type": "address"
      },
      {
        "internalType": "bytes4",
        "name": "selector",
        "type": "bytes4"
      }
    ],
    "name": "AccessManagerUnauthorizedCall",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "address",
        "name": "msgsender",
        "type": "address"
      },
      {
        "internalType": "address",
        "name": "caller",
        "type": "address"
      },
      {
        "internalType": "address",
        "name": "target",
        "type": "address"
      },
      {
        "internalType": "bytes4",
        "name": "selector",
        "type": "bytes4"
      }
    ],
    "name": "AccessManagerUnauthorizedCancel",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "address",
        "name": "target",
        "type": "address"
      }
    ],
    "name": "AccessManagerUnauthorizedConsume",
    "type": "error"
  },
  {
    "inputs": [],
    "name": "AccountZero",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "ActivityId",
        "name": "activity",
        "type": "uint32"
      },
      {
        "internalType": "ProgrammeId",
        "name": "programme",
        "type": "uint16"
      }
    ],
    "name": "ActivityAlreadyShared",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "ActivityId",
        "name": "activity",
        "type": "uint32"
      },
      {
        "internalType": "ProgrammeId",
        "name": "programme",
        "type": "uint16"
      }
    ],
    "name": "ActivityNotShared",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "ActivityId",
        "name": "activity",
        "type": "uint32"
      }
    ],
    "name": "ActivityUnknown",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "address",
        "name": "target",
        "type": "address"
      }
    ],
    "name": "AddressEmptyCode",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "ProjectId",
        "name": "project",
        "type": "uint32"
      },
      {
        "internalType": "uint16",
        "name": "vintageYear",
        "type": "uint16"
      }
    ],
    "name": "AlreadyAdjusted",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "ProjectId",
        "name": "project",
        "type": "uint32"
      },
      {
        "internalType": "uint16",
        "name": "vintageYear",
        "type": "uint16"
      }
    ],
    "name": "AuthorisationEmpty",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "ProjectId",
        "name": "project",
        "type": "uint32"
      },
      {
        "internalType": "uint16",
        "name": "vintageYear",
        "type": "uint16"
      },
      {
        "internalType": "Kilograms",
        "name": "asked",
        "type": "uint48"
      },
      {
        "internalType": "Kilograms",
        "name": "remaining",
        "type": "uint48"
      }
    ],
    "name": "AuthorisationExceeded",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "BatchId",
        "name": "batch",
        "type": "uint32"
      },
      {
        "internalType": "ProjectId",
        "name": "project",
        "type": "uint32"
      },
      {
        "internalType": "uint16",
        "name": "vintageYear",
        "type": "uint16"
      }
    ],
    "name": "BatchNotAuthorised",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "BatchId",
        "name": "batch",
        "type": "uint32"
      },
      {
        "internalType": "ProjectId",
        "name": "project",
        "type": "uint32"
      }
    ],
    "name": "BatchOfOtherProject",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "BatchId",
        "name": "batch",
        "type": "uint32"
      },
      {
        "internalType": "ProjectId",
        "name": "project",
        "type": "uint32"
      },
      {
        "internalType": "uint16",
        "name": "vintageYear",
        "type": "uint16"
      }
    ],
    "name": "BatchOfOtherYear",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "BatchId",
        "name": "batch",
        "type": "uint32"
      }
    ],
    "name": "BatchUnknown",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "BatchId",
        "name": "batch",
        "type": "uint32"
      }
    ],
    "name": "BatchesNotAscending",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "address",
        "name": "beneficiary",
        "type": "address"
      }
    ],
    "name": "BeneficiaryInvalid",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "uint16",
        "name": "basisPoints",
        "type": "uint16"
      }
    ],
    "name": "BufferShareTooLarge",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "enum ICredits.CancellationKind",
        "name": "kind",
        "type": "uint8"
      }
    ],
    "name": "CancellationKindReserved",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "CancellationId",
        "name": "cancellation",
        "type": "uint40"
      }
    ],
    "name": "CancellationUnknown",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "ProjectId",
        "name": "project",
        "type": "uint32"
      },
      {
        "internalType": "uint16",
        "name": "vintageYear",
        "type": "uint16"
      },
      {
        "internalType": "Kilograms",
        "name": "cap",
        "type": "uint48"
      },
      {
        "internalType": "Kilograms",
        "name": "most",
        "type": "uint48"
      }
    ],
    "name": "CapAboveIssued",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "ProjectId",
        "name": "project",
        "type": "uint32"
      },
      {
        "internalType": "uint16",
        "name": "vintageYear",
        "type": "uint16"
      },
      {
        "internalType": "Kilograms",
        "name": "cap",
        "type": "uint48"
      },
      {
        "internalType": "Kilograms",
        "name": "transferred",
        "type": "uint48"
      }
    ],
    "name": "CapBelowTransferred",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "uint256",
        "name": "certificate",
        "type": "uint256"
      }
    ],
    "name": "CertificateNotTransferable",
    "type": "error"
  },
  {
    "inputs": [],
    "name": "CheckpointUnorderedInsertion",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "code",
        "type": "bytes32"
      }
    ],
    "name": "CodeMalformed",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "code",
        "type": "bytes32"
      }
    ],
    "name": "CodeTaken",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "ComponentId",
        "name": "component",
        "type": "uint32"
      }
    ],
    "name": "ComponentAlreadyActive",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "ComponentId",
        "name": "component",
        "type": "uint32"
      },
      {
        "internalType": "ProgrammeId",
        "name": "programme",
        "type": "uint16"
      }
    ],
    "name": "ComponentAlreadyApproved",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "ComponentId",
        "name": "component",
        "type": "uint32"
      },
      {
        "internalType": "uint256",
        "name": "missing",
        "type": "uint256"
      },
      {
        "internalType": "uint256",
        "name": "named",
        "type": "uint256"
      }
    ],
    "name": "ComponentApprovalsMissing",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "ComponentId",
        "name": "component",
        "type": "uint32"
      }
    ],
    "name": "ComponentNotActive",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "ComponentId",
        "name": "component",
        "type": "uint32"
      },
      {
        "internalType": "ActivityId",
        "name": "activity",
        "type": "uint32"
      }
    ],
    "name": "ComponentOfOtherActivity",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "ComponentId",
        "name": "component",
        "type": "uint32"
      }
    ],
    "name": "ComponentUnknown",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "label",
        "type": "bytes32"
      }
    ],
    "name": "ConditionMissing",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "bytes2",
        "name": "country",
        "type": "bytes2"
      }
    ],
    "name": "CountryMalformed",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "address",
        "name": "created",
        "type": "address"
      },
      {
        "internalType": "address",
        "name": "expected",
        "type": "address"
      }
    ],
    "name": "CreatedElsewhere",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "namespace",
        "type": "bytes32"
      },
      {
        "internalType": "uint64",
        "name": "first",
        "type": "uint64"
      },
      {
        "internalType": "uint64",
        "name": "last",
        "type": "uint64"
      }
    ],
    "name": "CustodyMissing",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "address",
        "name": "sender",
        "type": "address"
      },
      {
        "internalType": "uint256",
        "name": "balance",
        "type": "uint256"
      },
      {
        "internalType": "uint256",
        "name": "needed",
        "type": "uint256"
      },
      {
        "internalType": "uint256",
        "name": "tokenId",
        "type": "uint256"
      }
    ],
    "name": "ERC1155InsufficientBalance",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "address",
        "name": "approver",
        "type": "address"
      }
    ],
    "name": "ERC1155InvalidApprover",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "uint256",
        "name": "idsLength",
        "type": "uint256"
      },
      {
        "internalType": "uint256",
        "name": "valuesLength",
        "type": "uint256"
      }
    ],
    "name": "ERC1155InvalidArrayLength",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "address",
        "name": "operator",
        "type": "address"
      }
    ],
    "name": "ERC1155InvalidOperator",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "address",
        "name": "receiver",
        "type": "address"
      }
    ],
    "name": "ERC1155InvalidReceiver",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "address",
        "name": "sender",
        "type": "address"
      }
    ],
    "name": "ERC1155InvalidSender",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "address",
        "name": "operator",
        "type": "address"
      },
      {
        "internalType": "address",
        "name": "owner",
        "type": "address"
      }
    ],
    "name": "ERC1155MissingApprovalForAll",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "address",
        "name": "sender",
        "type": "address"
      },
      {
        "internalType": "uint256",
        "name": "tokenId",
        "type": "uint256"
      },
      {
        "internalType": "address",
        "name": "owner",
        "type": "address"
      }
    ],
    "name": "ERC721IncorrectOwner",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "address",
        "name": "operator",
        "type": "address"
      },
      {
        "internalType": "uint256",
        "name": "tokenId",
        "type": "uint256"
      }
    ],
    "name": "ERC721InsufficientApproval",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "address",
        "name": "approver",
        "type": "address"
      }
    ],
    "name": "ERC721InvalidApprover",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "address",
        "name": "operator",
        "type": "address"
      }
    ],
    "name": "ERC721InvalidOperator",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "address",
        "name": "owner",
        "type": "address"
      }
    ],
    "name": "ERC721InvalidOwner",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "address",
        "name": "receiver",
        "type": "address"
      }
    ],
    "name": "ERC721InvalidReceiver",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "address",
        "name": "sender",
        "type": "address"
      }
    ],
    "name": "ERC721InvalidSender",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "uint256",
        "name": "tokenId",
        "type": "uint256"
      }
    ],
    "name": "ERC721NonexistentToken",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "address",
        "name": "account",
        "type": "address"
      }
    ],
    "name": "ERC7943CannotReceive",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "address",
        "name": "account",
        "type": "address"
      }
    ],
    "name": "ERC7943CannotSend",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "address",
        "name": "from",
        "type": "address"
      },
      {
        "internalType": "address",
        "name": "to",
        "type": "address"
      },
      {
        "internalType": "uint256",
        "name": "tokenId",
        "type": "uint256"
      },
      {
        "internalType": "uint256",
        "name": "amount",
        "type": "uint256"
      }
    ],
    "name": "ERC7943CannotTransfer",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "address",
        "name": "account",
        "type": "address"
      },
      {
        "internalType": "uint256",
        "name": "tokenId",
        "type": "uint256"
      },
      {
        "internalType": "uint256",
        "name": "amount",
        "type": "uint256"
      },
      {
        "internalType": "uint256",
        "name": "unfrozen",
        "type": "uint256"
      }
    ],
    "name": "ERC7943InsufficientUnfrozenBalance",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "address",
        "name": "caller",
        "type": "address"
      },
      {
        "internalType": "address",
        "name": "owner",
        "type": "address"
      }
    ],
    "name": "FactoryOwnerRequired",
    "type": "error"
  },
  {
    "inputs": [],
    "name": "FailedCall",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "label",
        "type": "bytes32"
      }
    ],
    "name": "FrameworkTaken",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "label",
        "type": "bytes32"
      }
    ],
    "name": "FrameworkUnknown",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "enum ICredits.FreezeScope",
        "name": "scope",
        "type": "uint8"
      },
      {
        "internalType": "uint256",
        "name": "subject",
        "type": "uint256"
      }
    ],
    "name": "FreezeSubjectInvalid",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "enum ICredits.FreezeScope",
        "name": "scope",
        "type": "uint8"
      },
      {
        "internalType": "uint256",
        "name": "subject",
        "type": "uint256"
      }
    ],
    "name": "FreezeUnchanged",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "enum ICredits.FreezeScope",
        "name": "scope",
        "type": "uint8"
      },
      {
        "internalType": "uint256",
        "name": "subject",
        "type": "uint256"
      }
    ],
    "name": "FrozenBy",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "bytes2",
        "name": "country",
        "type": "bytes2"
      },
      {
        "internalType": "address",
        "name": "authority",
        "type": "address"
      }
    ],
    "name": "HostUnchanged",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "ProjectId",
        "name": "project",
        "type": "uint32"
      },
      {
        "internalType": "uint16",
        "name": "vintageYear",
        "type": "uint16"
      },
      {
        "internalType": "Kilograms",
        "name": "cap",
        "type": "uint48"
      },
      {
        "internalType": "Kilograms",
        "name": "transferred",
        "type": "uint48"
      }
    ],
    "name": "HostUseExcluded",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "uint256",
        "name": "balance",
        "type": "uint256"
      },
      {
        "internalType": "uint256",
        "name": "needed",
        "type": "uint256"
      }
    ],
    "name": "InsufficientBalance",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "uint64",
        "name": "hint",
        "type": "uint64"
      },
      {
        "internalType": "uint64",
        "name": "first",
        "type": "uint64"
      }
    ],
    "name": "IntervalHintNotAbove",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "uint64",
        "name": "hint",
        "type": "uint64"
      }
    ],
    "name": "IntervalHintUnknown",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "uint64",
        "name": "first",
        "type": "uint64"
      },
      {
        "internalType": "uint64",
        "name": "last",
        "type": "uint64"
      }
    ],
    "name": "IntervalOwnerZero",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "uint64",
        "name": "first",
        "type": "uint64"
      },
      {
        "internalType": "uint64",
        "name": "last",
        "type": "uint64"
      }
    ],
    "name": "IntervalReversed",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "uint64",
        "name": "last",
        "type": "uint64"
      },
      {
        "internalType": "uint64",
        "name": "maximum",
        "type": "uint64"
      }
    ],
    "name": "IntervalTooHigh",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "address",
        "name": "account",
        "type": "address"
      },
      {
        "internalType": "uint256",
        "name": "currentNonce",
        "type": "uint256"
      }
    ],
    "name": "InvalidAccountNonce",
    "type": "error"
  },
  {
    "inputs": [],
    "name": "InvalidShortString",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "address",
        "name": "account",
        "type": "address"
      },
      {
        "internalType": "enum IProgrammes.KeyKind",
        "name": "kind",
        "type": "uint8"
      }
    ],
    "name": "KeyTaken",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "BatchId",
        "name": "batch",
        "type": "uint32"
      },
      {
        "internalType": "enum ICredits.Purpose",
        "name": "purpose",
        "type": "uint8"
      },
      {
        "internalType": "bytes32",
        "name": "label",
        "type": "bytes32"
      },
      {
        "internalType": "uint16",
        "name": "missing",
        "type": "uint16"
      }
    ],
    "name": "LabelMissing",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "uint48",
        "name": "time",
        "type": "uint48"
      }
    ],
    "name": "LabelTimeNotPast",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "label",
        "type": "bytes32"
      }
    ],
    "name": "LabelUnchanged",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "uint256",
        "name": "count",
        "type": "uint256"
      }
    ],
    "name": "LotsInvalid",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "MethodologyId",
        "name": "methodology",
        "type": "uint32"
      }
    ],
    "name": "MethodologyComposed",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "MethodologyId",
        "name": "methodology",
        "type": "uint32"
      },
      {
        "internalType": "enum IProgrammes.Standing",
        "name": "standing",
        "type": "uint8"
      },
      {
        "internalType": "uint48",
        "name": "since",
        "type": "uint48"
      }
    ],
    "name": "MethodologyNotActive",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "MethodologyId",
        "name": "methodology",
        "type": "uint32"
      },
      {
        "internalType": "ProgrammeId",
        "name": "programme",
        "type": "uint16"
      }
    ],
    "name": "MethodologyOfOtherProgramme",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "MethodologyId",
        "name": "methodology",
        "type": "uint32"
      }
    ],
    "name": "MethodologyUnknown",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "VerificationId",
        "name": "verification",
        "type": "uint32"
      }
    ],
    "name": "MonitoringDataMissing",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "VerificationId",
        "name": "verification",
        "type": "uint32"
      },
      {
        "internalType": "uint8",
        "name": "yearsDemanded",
        "type": "uint8"
      },
      {
        "internalType": "uint32",
        "name": "gapStart",
        "type": "uint32"
      },
      {
        "internalType": "uint32",
        "name": "gapEnd",
        "type": "uint32"
      }
    ],
    "name": "MonitoringGap",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "ComponentId",
        "name": "component",
        "type": "uint32"
      },
      {
        "internalType": "uint32",
        "name": "periodStart",
        "type": "uint32"
      },
      {
        "internalType": "uint32",
        "name": "periodEnd",
        "type": "uint32"
      },
      {
        "internalType": "VerificationId",
        "name": "takenBy",
        "type": "uint32"
      },
      {
        "internalType": "uint32",
        "name": "takenStart",
        "type": "uint32"
      },
      {
        "internalType": "uint32",
        "name": "takenEnd",
        "type": "uint32"
      }
    ],
    "name": "MonitoringPeriodOverlaps",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "ShortfallId",
        "name": "shortfall",
        "type": "uint32"
      }
    ],
    "name": "NotAReversal",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "address",
        "name": "account",
        "type": "address"
      }
    ],
    "name": "NotAVvb",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "VerificationId",
        "name": "verification",
        "type": "uint32"
      },
      {
        "internalType": "address",
        "name": "account",
        "type": "address"
      }
    ],
    "name": "NotAllowedToWithdraw",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "address",
        "name": "account",
        "type": "address"
      }
    ],
    "name": "NotAnOperator",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "ProjectId",
        "name": "project",
        "type": "uint32"
      },
      {
        "internalType": "uint16",
        "name": "vintageYear",
        "type": "uint16"
      },
      {
        "internalType": "enum ILabels.Use",
        "name": "use",
        "type": "uint8"
      }
    ],
    "name": "NotAuthorised",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "label",
        "type": "bytes32"
      },
      {
        "internalType": "address",
        "name": "account",
        "type": "address"
      }
    ],
    "name": "NotBody",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "address",
        "name": "holder",
        "type": "address"
      },
      {
        "internalType": "address",
        "name": "account",
        "type": "address"
      }
    ],
    "name": "NotHolderNorApproved",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "bytes2",
        "name": "country",
        "type": "bytes2"
      },
      {
        "internalType": "address",
        "name": "account",
        "type": "address"
      }
    ],
    "name": "NotHost",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "ProgrammeId",
        "name": "programme",
        "type": "uint16"
      },
      {
        "internalType": "address",
        "name": "account",
        "type": "address"
      }
    ],
    "name": "NotOperator",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "BatchId",
        "name": "batch",
        "type": "uint32"
      },
      {
        "internalType": "address",
        "name": "account",
        "type": "address"
      }
    ],
    "name": "NotOperatorOfBatch",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "ProjectId",
        "name": "project",
        "type": "uint32"
      },
      {
        "internalType": "address",
        "name": "account",
        "type": "address"
      }
    ],
    "name": "NotOperatorOfProject",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "VerificationId",
        "name": "superseded",
        "type": "uint32"
      }
    ],
    "name": "NotSupersedable",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "address",
        "name": "caller",
        "type": "address"
      }
    ],
    "name": "OnlyCredits",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "address",
        "name": "caller",
        "type": "address"
      }
    ],
    "name": "OnlyLabels",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "address",
        "name": "caller",
        "type": "address"
      }
    ],
    "name": "OnlyRedemptions",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "address",
        "name": "caller",
        "type": "address"
      }
    ],
    "name": "OnlyShortfalls",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "actual",
        "type": "bytes32"
      },
      {
        "internalType": "bytes32",
        "name": "signed",
        "type": "bytes32"
      }
    ],
    "name": "OrderDetailsDiffer",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "address",
        "name": "holder",
        "type": "address"
      },
      {
        "internalType": "uint256",
        "name": "nonce",
        "type": "uint256"
      }
    ],
    "name": "OrderDetailsNotPublished",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "address",
        "name": "holder",
        "type": "address"
      },
      {
        "internalType": "uint256",
        "name": "nonce",
        "type": "uint256"
      },
      {
        "internalType": "uint48",
        "name": "deadline",
        "type": "uint48"
      }
    ],
    "name": "OrderExpired",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "address",
        "name": "holder",
        "type": "address"
      },
      {
        "internalType": "bytes32",
        "name": "digest",
        "type": "bytes32"
      }
    ],
    "name": "OrderSignatureInvalid",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "MethodologyId",
        "name": "part",
        "type": "uint32"
      }
    ],
    "name": "PartComposed",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "MethodologyId",
        "name": "part",
        "type": "uint32"
      },
      {
        "internalType": "ProgrammeId",
        "name": "programme",
        "type": "uint16"
      }
    ],
    "name": "PartOfOtherProgramme",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "uint256",
        "name": "count",
        "type": "uint256"
      },
      {
        "internalType": "uint256",
        "name": "most",
        "type": "uint256"
      }
    ],
    "name": "PartsInvalid",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "MethodologyId",
        "name": "part",
        "type": "uint32"
      }
    ],
    "name": "PartsNotAscending",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "ProjectId",
        "name": "project",
        "type": "uint32"
      },
      {
        "internalType": "uint32",
        "name": "periodStart",
        "type": "uint32"
      },
      {
        "internalType": "uint32",
        "name": "creditingStart",
        "type": "uint32"
      }
    ],
    "name": "PeriodBeforeCrediting",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "VerificationId",
        "name": "superseded",
        "type": "uint32"
      },
      {
        "internalType": "uint32",
        "name": "claimStart",
        "type": "uint32"
      },
      {
        "internalType": "uint32",
        "name": "claimEnd",
        "type": "uint32"
      }
    ],
    "name": "PeriodOutsideClaim",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "ProgrammeId",
        "name": "programme",
        "type": "uint16"
      },
      {
        "internalType": "enum IProgrammes.Standing",
        "name": "standing",
        "type": "uint8"
      },
      {
        "internalType": "uint48",
        "name": "since",
        "type": "uint48"
      }
    ],
    "name": "ProgrammeNotActive",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "ProgrammeId",
        "name": "programme",
        "type": "uint16"
      }
    ],
    "name": "ProgrammeNotSuspended",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "ProgrammeId",
        "name": "programme",
        "type": "uint16"
      }
    ],
    "name": "ProgrammeUnknown",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "ProgrammeId",
        "name": "programme",
        "type": "uint16"
      }
    ],
    "name": "ProgrammesNotAscending",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "ProgrammeId",
        "name": "programme",
        "type": "uint16"
      },
      {
        "internalType": "bytes32",
        "name": "code",
        "type": "bytes32"
      },
      {
        "internalType": "ProjectId",
        "name": "project",
        "type": "uint32"
      }
    ],
    "name": "ProjectCodeTaken",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "ProjectId",
        "name": "project",
        "type": "uint32"
      }
    ],
    "name": "ProjectUnknown",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "ComponentId",
        "name": "component",
        "type": "uint32"
      },
      {
        "internalType": "bytes32",
        "name": "name",
        "type": "bytes32"
      }
    ],
    "name": "ProposalNamesOtherComponent",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "MethodologyId",
        "name": "methodology",
        "type": "uint32"
      },
      {
        "internalType": "bytes32",
        "name": "code",
        "type": "bytes32"
      },
      {
        "internalType": "bytes32",
        "name": "version",
        "type": "bytes32"
      }
    ],
    "name": "ProposalNamesOtherMethodology",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "ProjectId",
        "name": "project",
        "type": "uint32"
      },
      {
        "internalType": "bytes32",
        "name": "programmeCode",
        "type": "bytes32"
      },
      {
        "internalType": "bytes32",
        "name": "projectCode",
        "type": "bytes32"
      }
    ],
    "name": "ProposalNamesOtherProject",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "ActivityId",
        "name": "activity",
        "type": "uint32"
      },
      {
        "internalType": "bytes2",
        "name": "country",
        "type": "bytes2"
      },
      {
        "internalType": "bytes32",
        "name": "site",
        "type": "bytes32"
      }
    ],
    "name": "ProposalNamesOtherSite",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "BatchId",
        "name": "batch",
        "type": "uint32"
      }
    ],
    "name": "QuantityZero",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "RedemptionId",
        "name": "redemption",
        "type": "uint40"
      }
    ],
    "name": "ReactivationWithoutReference",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "BatchId",
        "name": "batch",
        "type": "uint32"
      },
      {
        "internalType": "Kilograms",
        "name": "kilograms",
        "type": "uint48"
      }
    ],
    "name": "RedemptionNotWholeTonnes",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "RedemptionId",
        "name": "redemption",
        "type": "uint40"
      },
      {
        "internalType": "uint64",
        "name": "first",
        "type": "uint64"
      },
      {
        "internalType": "uint64",
        "name": "last",
        "type": "uint64"
      }
    ],
    "name": "RedemptionSerialsDiffer",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "RedemptionId",
        "name": "redemption",
        "type": "uint40"
      },
      {
        "internalType": "enum IRedemptions.Status",
        "name": "actual",
        "type": "uint8"
      },
      {
        "internalType": "enum IRedemptions.Status",
        "name": "needed",
        "type": "uint8"
      }
    ],
    "name": "RedemptionStatusIs",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "RedemptionId",
        "name": "redemption",
        "type": "uint40"
      }
    ],
    "name": "RedemptionUnknown",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "RedemptionId",
        "name": "redemption",
        "type": "uint40"
      },
      {
        "internalType": "uint48",
        "name": "until",
        "type": "uint48"
      }
    ],
    "name": "RedemptionWaiting",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "uint48",
        "name": "deadline",
        "type": "uint48"
      }
    ],
    "name": "ReleaseExpired",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "ProjectId",
        "name": "project",
        "type": "uint32"
      },
      {
        "internalType": "bytes32",
        "name": "programmeCode",
        "type": "bytes32"
      },
      {
        "internalType": "bytes32",
        "name": "projectCode",
        "type": "bytes32"
      }
    ],
    "name": "ReleaseNamesOtherProject",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "uint256",
        "name": "asked",
        "type": "uint256"
      },
      {
        "internalType": "Kilograms",
        "name": "stated",
        "type": "uint48"
      }
    ],
    "name": "ReleaseQuantityDiffers",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "address",
        "name": "vvb",
        "type": "address"
      }
    ],
    "name": "ReleaseSignatureInvalid",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "statement",
        "type": "bytes32"
      }
    ],
    "name": "ReleaseUsed",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "BatchId",
        "name": "batch",
        "type": "uint32"
      },
      {
        "internalType": "Kilograms",
        "name": "asked",
        "type": "uint48"
      },
      {
        "internalType": "Kilograms",
        "name": "remaining",
        "type": "uint48"
      }
    ],
    "name": "ReportExceeded",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "RetirementId",
        "name": "retirement",
        "type": "uint40"
      }
    ],
    "name": "RetirementUnknown",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "ProjectId",
        "name": "project",
        "type": "uint32"
      },
      {
        "internalType": "Kilograms",
        "name": "outstanding",
        "type": "uint48"
      }
    ],
    "name": "ReversalNotMadeGood",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "ProjectId",
        "name": "project",
        "type": "uint32"
      },
      {
        "internalType": "Kilograms",
        "name": "outstanding",
        "type": "uint48"
      }
    ],
    "name": "ReversalOutstanding",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "uint8",
        "name": "bits",
        "type": "uint8"
      },
      {
        "internalType": "uint256",
        "name": "value",
        "type": "uint256"
      }
    ],
    "name": "SafeCastOverflowedUintDowncast",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "namespace",
        "type": "bytes32"
      },
      {
        "internalType": "uint64",
        "name": "first",
        "type": "uint64"
      },
      {
        "internalType": "uint64",
        "name": "last",
        "type": "uint64"
      },
      {
        "internalType": "BatchId",
        "name": "takenBy",
        "type": "uint32"
      },
      {
        "internalType": "uint64",
        "name": "takenFirst",
        "type": "uint64"
      },
      {
        "internalType": "uint64",
        "name": "takenLast",
        "type": "uint64"
      }
    ],
    "name": "SerialBlockOverlaps",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "uint64",
        "name": "first",
        "type": "uint64"
      },
      {
        "internalType": "uint64",
        "name": "last",
        "type": "uint64"
      }
    ],
    "name": "SerialBlockTooLarge",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "string",
        "name": "prefix",
        "type": "string"
      },
      {
        "internalType": "uint256",
        "name": "position",
        "type": "uint256"
      }
    ],
    "name": "SerialPrefixMalformed",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "string",
        "name": "prefix",
        "type": "string"
      },
      {
        "internalType": "bytes32",
        "name": "root",
        "type": "bytes32"
      }
    ],
    "name": "SerialPrefixNotOfRoot",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "string",
        "name": "prefix",
        "type": "string"
      },
      {
        "internalType": "uint256",
        "name": "actual",
        "type": "uint256"
      },
      {
        "internalType": "uint256",
        "name": "needed",
        "type": "uint256"
      }
    ],
    "name": "SerialPrefixSegments",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "root",
        "type": "bytes32"
      },
      {
        "internalType": "bytes32",
        "name": "other",
        "type": "bytes32"
      }
    ],
    "name": "SerialRootNested",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "root",
        "type": "bytes32"
      },
      {
        "internalType": "ProgrammeId",
        "name": "programme",
        "type": "uint16"
      }
    ],
    "name": "SerialRootTaken",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "bytes32",
        "name": "root",
        "type": "bytes32"
      }
    ],
    "name": "SerialRootUnknown",
    "type": "error"
  },
  {
    "inputs": [],
    "name": "ShortfallEmpty",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "ShortfallId",
        "name": "shortfall",
        "type": "uint32"
      },
      {
        "internalType": "uint256",
        "name": "asked",
        "type": "uint256"
      },
      {
        "internalType": "Kilograms",
        "name": "outstanding",
        "type": "uint48"
      }
    ],
    "name": "ShortfallExceeded",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "ShortfallId",
        "name": "shortfall",
        "type": "uint32"
      }
    ],
    "name": "ShortfallIsAnnulled",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "ShortfallId",
        "name": "shortfall",
        "type": "uint32"
      }
    ],
    "name": "ShortfallUnknown",
    "type": "error"
  },
  {
    "inputs": [],
    "name": "ShortfallWithoutEvidence",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "enum IProgrammes.Standing",
        "name": "standing",
        "type": "uint8"
      }
    ],
    "name": "StandingUnchanged",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "string",
        "name": "str",
        "type": "string"
      }
    ],
    "name": "StringTooLong",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "uint256",
        "name": "value",
        "type": "uint256"
      },
      {
        "internalType": "uint256",
        "name": "length",
        "type": "uint256"
      }
    ],
    "name": "StringsInsufficientHexLength",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "VerificationId",
        "name": "superseded",
        "type": "uint32"
      }
    ],
    "name": "SupersededElsewhere",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "ProgrammeId",
        "name": "programme",
        "type": "uint16"
      },
      {
        "internalType": "uint48",
        "name": "earliest",
        "type": "uint48"
      }
    ],
    "name": "SuspensionTooShort",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "uint8",
        "name": "uses",
        "type": "uint8"
      }
    ],
    "name": "UsesInvalid",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "VerificationId",
        "name": "verification",
        "type": "uint32"
      }
    ],
    "name": "VerificationAlreadyProposed",
    "type": "error"
  },
  {
    "inputs": [],
    "name": "VerificationEmpty",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "uint48",
        "name": "deadline",
        "type": "uint48"
      }
    ],
    "name": "VerificationExpired",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "VerificationId",
        "name": "verification",
        "type": "uint32"
      },
      {
        "internalType": "ProgrammeId",
        "name": "programme",
        "type": "uint16"
      }
    ],
    "name": "VerificationOfOtherProgramme",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "uint32",
        "name": "periodEnd",
        "type": "uint32"
      }
    ],
    "name": "VerificationPeriodNotOver",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "uint32",
        "name": "periodStart",
        "type": "uint32"
      },
      {
        "internalType": "uint32",
        "name": "periodEnd",
        "type": "uint32"
      }
    ],
    "name": "VerificationPeriodReversed",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "address",
        "name": "vvb",
        "type": "address"
      }
    ],
    "name": "VerificationSignatureInvalid",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "VerificationId",
        "name": "verification",
        "type": "uint32"
      },
      {
        "internalType": "enum IProjects.VerificationStatus",
        "name": "actual",
        "type": "uint8"
      },
      {
        "internalType": "enum IProjects.VerificationStatus",
        "name": "needed",
        "type": "uint8"
      }
    ],
    "name": "VerificationStatusIs",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "VerificationId",
        "name": "verification",
        "type": "uint32"
      }
    ],
    "name": "VerificationUnknown",
    "type": "error"
  },
  {
    "inputs": [],
    "name": "VerificationWithoutEvidence",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "VerificationId",
        "name": "verification",
        "type": "uint32"
      },
      {
        "internalType": "uint256",
        "name": "asked",
        "type": "uint256"
      },
      {
        "internalType": "Kilograms",
        "name": "remaining",
        "type": "uint48"
      }
    ],
    "name": "VerifiedQuantityExceeded",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "ProjectId",
        "name": "project",
        "type": "uint32"
      },
      {
        "internalType": "uint16",
        "name": "vintageYear",
        "type": "uint16"
      }
    ],
    "name": "VintageBeforeNdc",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "uint32",
        "name": "vintageStart",
        "type": "uint32"
      },
      {
        "internalType": "uint32",
        "name": "vintageEnd",
        "type": "uint32"
      },
      {
        "internalType": "uint32",
        "name": "periodStart",
        "type": "uint32"
      },
      {
        "internalType": "uint32",
        "name": "periodEnd",
        "type": "uint32"
      }
    ],
    "name": "VintageOutsidePeriod",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "uint32",
        "name": "vintageStart",
        "type": "uint32"
      },
      {
        "internalType": "uint32",
        "name": "vintageEnd",
        "type": "uint32"
      },
      {
        "internalType": "uint16",
        "name": "vintageYear",
        "type": "uint16"
      }
    ],
    "name": "VintageOutsideYear",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "uint32",
        "name": "vintageStart",
        "type": "uint32"
      },
      {
        "internalType": "uint32",
        "name": "vintageEnd",
        "type": "uint32"
      }
    ],
    "name": "VintageReversed",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "VvbId",
        "name": "vvb",
        "type": "uint32"
      },
      {
        "internalType": "enum IProgrammes.Standing",
        "name": "standing",
        "type": "uint8"
      },
      {
        "internalType": "uint48",
        "name": "since",
        "type": "uint48"
      }
    ],
    "name": "VvbNotActive",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "VvbId",
        "name": "vvb",
        "type": "uint32"
      }
    ],
    "name": "VvbUnknown",
    "type": "error"
  },
  {
    "inputs": [
      {
        "internalType": "uint32",
        "name": "vintageStart",
        "type": "uint32"
      },
      {
        "internalType": "uint32",
        "name": "vintageEnd",
        "type": "uint32"
      }
    ],
    "name": "WindowInvalid",
    "type": "error"
  },
  {
    "anonymous": false,
    "inputs": [
      {
        "indexed": true,
        "internalType": "address",
        "name": "owner",
        "type": "address"
      },
      {
        "indexed": true,
        "internalType": "address",
        "name": "approved",
        "type": "address"
      },
      {
        "indexed": true,
        "internalType": "uint256",
        "name": "tokenId",
        "type": "uint256"
      }
    ],
    "name": "Approval",
    "type": "event"
  },
  {
    "anonymous": false,
    "inputs": [
      {
        "indexed": true,
        "internalType": "address",
        "name": "owner",
        "type": "address"
      },
      {
        "indexed": true,
        "internalType": "address",
        "name": "operator",
        "type": "address"
      },
      {
        "indexed": false,
        "internalType": "bool",
        "name": "approved",
        "type": "bool"
      }
    ],
    "name": "ApprovalForAll",
    "type": "event"
  },
  {
    "anonymous": false,
    "inputs": [
      {
        "indexed": false,
        "internalType": "uint256",
        "name": "tokenId",
        "type": "uint256"
      }
    ],
    "name": "Locked",
    "type": "event"
  },
  {
    "anonymous": false,
    "inputs": [
      {
        "indexed": true,
        "internalType": "address",
        "name": "from",
        "type": "address"
      },
      {
        "indexed": true,
        "internalType": "address",
        "name": "to",
        "type": "address"
      },
      {
        "indexed": true,
        "internalType": "uint256",
        "name": "tokenId",
        "type": "uint256"
      }
    ],
    "name": "Transfer",
    "type": "event"
  },
  {
    "anonymous": false,
    "inputs": [
      {
        "indexed": false,
        "internalType": "uint256",
        "name": "tokenId",
        "type": "uint256"
      }
    ],
    "name": "Unlocked",
    "type": "event"
  },
  {
    "inputs": [
      {
        "internalType": "address",
        "name": "beneficiary",
        "type": "address"
      },
      {
        "internalType": "RetirementId",
        "name": "first",
        "type": "uint40"
      },
      {
        "internalType": "uint256",
        "name": "count",
        "type": "uint256"
      }
    ],
    "name": "announce",
    "outputs": [],
    "stateMutability": "nonpayable",
    "type": "function"
  },
  {
    "inputs": [
      {
        "internalType": "address",
        "name": "",
        "type": "address"
      },
      {
        "internalType": "uint256",
        "name": "id",
        "type": "uint256"
      }
    ],
    "name": "approve",
    "outputs": [],
    "stateMutability": "pure",
    "type": "function"
  },
  {
    "inputs": [
      {
        "internalType": "address",
        "name": "owner",
        "type": "address"
      }
    ],
    "name": "balanceOf",
    "outputs": [
      {
        "internalType": "uint256",
        "name": "",
        "type": "uint256"
      }
    ],
    "stateMutability": "view",
    "type": "function"
  },
  {
    "inputs": [],
    "name": "contractURI",
    "outputs": [
      {
        "internalType": "string",
        "name": "",
        "type": "string"
      }
    ],
    "stateMutability": "view",
    "type": "function"
  },
  {
    "inputs": [],
    "name": "credits",
    "outputs": [
      {
        "internalType": "contract ICredits",
        "name": "",
        "type": "address"
      }
    ],
    "stateMutability": "view",
    "type": "function"
  },
  {
    "inputs": [
      {
        "internalType": "uint256",
        "name": "id",
        "type": "uint256"
      }
    ],
    "name": "getApproved",
    "outputs": [
      {
        "internalType": "address",
        "name": "",
        "type": "address"
      }
    ],
    "stateMutability": "view",
    "type": "function"
  },
  {
    "inputs": [
      {
        "internalType": "address",
        "name": "",
        "type": "address"
      },
      {
        "internalType": "address",
        "name": "",
        "type": "address"
      }
    ],
    "name": "isApprovedForAll",
    "outputs": [
      {
        "internalType": "bool",
        "name": "",
        "type": "bool"
      }
    ],
    "stateMutability": "pure",
    "type": "function"
  },
  {
    "inputs": [
      {
        "internalType": "uint256",
        "name": "id",
        "type": "uint256"
      }
    ],
    "name": "locked",
    "outputs": [
      {
        "internalType": "bool",
        "name": "",
        "type": "bool"
      }
    ],
    "stateMutability": "view",
    "type": "function"
  },
  {
    "inputs": [],
    "name": "name",
    "outputs": [
      {
        "internalType": "string",
        "name": "",
        "type": "string"
      }
    ],
    "stateMutability": "view",
    "type": "function"
  },
  {
    "inputs": [
      {
        "internalType": "uint256",
        "name": "id",
        "type": "uint256"
      }
    ],
    "name": "ownerOf",
    "outputs": [
      {
        "internalType": "address",
        "name": "",
        "type": "address"
      }
    ],
    "stateMutability": "view",
    "type": "function"
  },
  {
    "inputs": [],
    "name": "renderer",
    "outputs": [
      {
        "internalType": "contract IRenderer",
        "name": "",
        "type": "address"
      }
    ],
    "stateMutability": "view",
    "type": "function"
  },
  {
    "inputs": [
      {
        "internalType": "address",
        "name": "",
        "type": "address"
      },
      {
        "internalType": "address",
        "name": "",
        "type": "address"
      },
      {
        "internalType": "uint256",
        "name": "id",
        "type": "uint256"
      }
    ],
    "name": "safeTransferFrom",
    "outputs": [],
    "stateMutability": "pure",
    "type": "function"
  },
  {
    "inputs": [
      {
        "internalType": "address",
        "name": "",
        "type": "address"
      },
      {
        "internalType": "address",
        "name": "",
        "type": "address"
      },
      {
        "internalType": "uint256",
        "name": "id",
        "type": "uint256"
      },
      {
        "internalType": "bytes",
        "name": "",
        "type": "bytes"
      }
    ],
    "name": "safeTransferFrom",
    "outputs": [],
    "stateMutability": "pure",
    "type": "function"
  },
  {
    "inputs": [
      {
        "internalType": "RetirementId",
        "name": "retirementId",
        "type": "uint40"
      }
    ],
    "name": "serialsOf",
    "outputs": [
      {
        "internalType": "uint64",
        "name": "",
        "type": "uint64"
      },
      {
        "internalType": "uint64",
        "name": "",
        "type": "uint64"
      },
      {
        "internalType": "uint256",
        "name": "",
        "type": "uint256"
      },
      {
        "internalType": "uint256",
        "name": "",
        "type": "uint256"
      }
    ],
    "stateMutability": "view",
    "type": "function"
  },
  {
    "inputs": [
      {
        "internalType": "address",
        "name": "",
        "type": "address"
      },
      {
        "internalType": "bool",
        "name": "",
        "type": "bool"
      }
    ],
    "name": "setApprovalForAll",
    "outputs": [],
    "stateMutability": "pure",
    "type": "function"
  },
  {
    "inputs": [
      {
        "internalType": "bytes4",
        "name": "interfaceId",
        "type": "bytes4"
      }
    ],
    "name": "supportsInterface",
    "outputs": [
      {
        "internalType": "bool",
        "name": "",
        "type": "bool"
      }
    ],
    "stateMutability": "view",
    "type": "function"
  },
  {
    "inputs": [],
    "name": "symbol",
    "outputs": [
      {
        "internalType": "string",
        "name": "",
        "type": "string"
      }
    ],
    "stateMutability": "view",
    "type": "function"
  },
  {
    "inputs": [
      {
        "internalType": "uint256",
        "name": "id",
        "type": "uint256"
      }
    ],
    "name": "tokenURI",
    "outputs": [
      {
        "internalType": "string",
        "name": "",
        "type": "string"
      }
    ],
    "stateMutability": "view",
    "type": "function"
  },
  {
    "inputs": [],
    "name": "totalSupply",
    "outputs": [
      {
        "internalType": "uint256",
        "name": "retirements",
        "type": "uint256"
      }
    ],
    "stateMutability": "view",
    "type": "function"
  },
  {
    "inputs": [
      {
        "internalType": "address",
        "name": "",
        "type": "address"
      },
      {
        "internalType": "address",
        "name": "",
        "type": "address"
      },
      {
        "internalType": "uint256",
        "name": "id",
        "type": "uint256"
      }
    ],
    "name": "transferFrom",
    "outputs": [],
    "stateMutability": "pure",
    "type": "function"
  }
] as const
