// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {IERC721Metadata} from "@openzeppelin/contracts/token/ERC721/extensions/IERC721Metadata.sol";
import {IERC721Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {ERC165, IERC165} from "@openzeppelin/contracts/utils/introspection/ERC165.sol";
import {ICertificates} from "./interfaces/ICertificates.sol";
import {ICredits} from "./interfaces/ICredits.sol";
import {IERC5192} from "./interfaces/IERC5192.sol";
import {IRenderer} from "./interfaces/IRenderer.sol";
import {RetirementId} from "./types/Ids.sol";
import {serialsOf as serialsOfBlock} from "./types/Kilograms.sol";

/// @title Certificates
/// @notice See `ICertificates`, which is the manual.
/// @dev Not OpenZeppelin's ERC721: that keeps an owner per token, which is a new slot a retirement, for a fact that
/// `Credits` holds already.
contract Certificates is ICertificates, ERC165, IERC721Errors {
    /// @inheritdoc IERC721Metadata
    string public constant name = "onetonne retirement certificate";

    /// @inheritdoc IERC721Metadata
    string public constant symbol = "TONNE";

    ICredits public immutable credits;
    IRenderer public immutable renderer;

    mapping(address account => uint256) private _balances;

    constructor(ICredits credits_, IRenderer renderer_) {
        credits = credits_;
        renderer = renderer_;
    }

    /// @inheritdoc ICertificates
    function announce(address beneficiary, RetirementId first, uint256 count) external {
        require(msg.sender == address(credits), OnlyCredits(msg.sender));
        _balances[beneficiary] += count;
        uint256 id = RetirementId.unwrap(first);
        for (uint256 end = id + count; id < end; ++id) {
            emit Transfer(address(0), beneficiary, id);
            emit Locked(id);
        }
    }

    /// @inheritdoc IERC721
    function balanceOf(address owner) external view returns (uint256) {
        require(owner != address(0), ERC721InvalidOwner(owner));
        return _balances[owner];
    }

    /// @inheritdoc ICertificates
    function contractURI() external view returns (string memory) {
        return renderer.contractURI(address(this));
    }

    /// @inheritdoc ICertificates
    function totalSupply() public view returns (uint256 retirements) {
        (, retirements,) = credits.counts();
    }

    /// @inheritdoc IERC721
    /// @dev Reverts with `ERC721NonexistentToken` (ERC-6093).
    function ownerOf(uint256 id) public view returns (address) {
        require(id != 0 && id <= totalSupply(), ERC721NonexistentToken(id)); // retirements count from 1
        return credits.retirement(RetirementId.wrap(uint40(id))).beneficiary;
    }

    /// @inheritdoc IERC721Metadata
    function tokenURI(uint256 id) external view returns (string memory) {
        ownerOf(id); // must exist
        return renderer.certificateURI(RetirementId.wrap(uint40(id)));
    }

    /// @inheritdoc ICertificates
    function serialsOf(RetirementId id) external view returns (uint64, uint64, uint256, uint256) {
        ICredits.Retirement memory record = credits.retirement(id);
        return serialsOfBlock(credits.batch(record.batch).first, record.from, record.kilograms);
    }

    /// @inheritdoc IERC5192
    function locked(uint256 id) external view returns (bool) {
        ownerOf(id); // must exist
        return true;
    }

    /// @inheritdoc IERC721
    function getApproved(uint256 id) external view returns (address) {
        ownerOf(id); // must exist
        return address(0);
    }

    /// @inheritdoc IERC721
    function isApprovedForAll(address, address) external pure returns (bool) {
        return false;
    }

    /// @inheritdoc IERC721
    function transferFrom(address, address, uint256 id) external pure {
        revert CertificateNotTransferable(id);
    }

    /// @inheritdoc IERC721
    function safeTransferFrom(address, address, uint256 id) external pure {
        revert CertificateNotTransferable(id);
    }

    /// @inheritdoc IERC721
    function safeTransferFrom(address, address, uint256 id, bytes calldata) external pure {
        revert CertificateNotTransferable(id);
    }

    /// @inheritdoc IERC721
    function approve(address, uint256 id) external pure {
        revert CertificateNotTransferable(id);
    }

    /// @inheritdoc IERC721
    function setApprovalForAll(address, bool) external pure {
        revert CertificateNotTransferable(0);
    }

    /// @inheritdoc ERC165
    function supportsInterface(bytes4 interfaceId) public view override(ERC165, IERC165) returns (bool) {
        return interfaceId == type(IERC721).interfaceId || interfaceId == type(IERC721Metadata).interfaceId
            || interfaceId == type(IERC5192).interfaceId || super.supportsInterface(interfaceId);
    }
}
