// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Base64} from "@openzeppelin/contracts/utils/Base64.sol";
import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";
import {ICredits} from "./interfaces/ICredits.sol";
import {IProgrammes} from "./interfaces/IProgrammes.sol";
import {IProjects} from "./interfaces/IProjects.sol";
import {IRenderer} from "./interfaces/IRenderer.sol";
import {Codes} from "./libraries/Codes.sol";
import {Dates} from "./libraries/Dates.sol";
import {BatchId, RetirementId} from "./types/Ids.sol";
import {Kilograms, KILOGRAMS_PER_TONNE, serialsOf} from "./types/Kilograms.sol";

/// @title Renderer
/// @notice See `IRenderer`, which is the manual.
/// @dev Every text that comes from outside is a code or a country, whose characters need no escaping in JSON or SVG.
contract Renderer is IRenderer {
    using Codes for bytes32;
    using Strings for uint256;

    ICredits public immutable credits;
    IProgrammes public immutable programmes;
    IProjects public immutable projects;

    /// @dev What a batch or a certificate shows, as text.
    struct Facts {
        string programme;
        string project;
        string country;
        string methodology;
        string vintage;
        string year;
    }

    constructor(ICredits credits_, IProgrammes programmes_, IProjects projects_) {
        credits = credits_;
        programmes = programmes_;
        projects = projects_;
    }

    /// @inheritdoc IRenderer
    function batchURI(BatchId id) external view returns (string memory) {
        ICredits.Batch memory entry = credits.batch(id);
        Facts memory facts = _facts(entry);
        uint256 serials = uint256(entry.last) - entry.first + 1;
        string memory name = string.concat(facts.programme, " ", facts.project, " vintage ", facts.year);
        string memory json = string.concat(
            '{"name":"',
            name,
            '","description":"Certified carbon credits; one unit is one kilogram of CO2 equivalent, 1,000 units are '
            'one serial number.","decimals":3,"properties":{',
            _factsJson(facts),
            ',"batch":',
            uint256(BatchId.unwrap(id)).toString(),
            ',"serials":"',
            _range(entry.first, entry.last)
        );
        json = string.concat(
            json,
            '","issued_tonnes":"',
            serials.toString(),
            '","retired_tonnes":"',
            _tonnes(Kilograms.unwrap(entry.taken - entry.cancelled)),
            '","cancelled_tonnes":"',
            _tonnes(Kilograms.unwrap(entry.cancelled)),
            '","redeemed_tonnes":"',
            _tonnes(Kilograms.unwrap(entry.redeemed)),
            '"}}'
        );
        return _dataURI("application/json", json);
    }

    /// @inheritdoc IRenderer
    function certificateURI(RetirementId id) external view returns (string memory) {
        ICredits.Retirement memory record = credits.retirement(id);
        Facts memory facts = _facts(credits.batch(record.batch));
        string memory number = uint256(RetirementId.unwrap(id)).toString();
        string memory tonnes = _tonnes(Kilograms.unwrap(record.kilograms));
        string memory serials = _serials(record);
        string memory date = _date(record.time / 1 days);
        string memory json = string.concat(
            '{"name":"Retirement certificate ',
            number,
            '","description":"',
            tonnes,
            ' t CO2e retired for ever. The exact serial numbers follow from chain state.","image":"',
            _dataURI("image/svg+xml", _svg(number, tonnes, serials, date, facts)),
            '","properties":{'
        );
        json = string.concat(
            json,
            _factsJson(facts),
            ',"batch":',
            uint256(BatchId.unwrap(record.batch)).toString(),
            ',"tonnes":"',
            tonnes,
            '","serials":"',
            serials,
            '","retired":"',
            date
        );
        json = string.concat(
            json,
            '","purpose":"',
            _purpose(record.purpose),
            '","beneficiary":"',
            Strings.toChecksumHexString(record.beneficiary),
            '","claim":',
            (uint256(RetirementId.unwrap(id)) - record.position).toString(),
            "}}"
        );
        return _dataURI("application/json", json);
    }

    function _facts(ICredits.Batch memory entry) private view returns (Facts memory facts) {
        IProjects.Project memory project = projects.project(entry.project);
        IProgrammes.Methodology memory rule = programmes.methodology(entry.methodology);
        facts.programme = programmes.programmeCode(entry.programme).toString();
        facts.project = project.code.toString();
        facts.country = string(abi.encodePacked(projects.activity(project.activity).country));
        facts.methodology = string.concat(rule.code.toString(), " ", rule.version.toString());
        facts.vintage = string.concat(_date(entry.vintageStart), " to ", _date(entry.vintageEnd));
        facts.year = uint256(entry.vintageYear).toString();
    }

    function _factsJson(Facts memory facts) private pure returns (string memory) {
        return string.concat(
            '"programme":"',
            facts.programme,
            '","project":"',
            facts.project,
            '","country":"',
            facts.country,
            '","methodology":"',
            facts.methodology,
            '","vintage":"',
            facts.vintage,
            '","vintage_year":',
            facts.year
        );
    }

    /// @dev `941467007 (1,000 kg)` and the like: exact to the kilogram at both ends.
    function _serials(ICredits.Retirement memory record) private view returns (string memory text) {
        uint64 start = credits.batch(record.batch).first;
        (uint64 first, uint64 last, uint256 firstKilograms, uint256 lastKilograms) =
            serialsOf(start, record.from, record.kilograms);
        text = _range(first, last);
        if (firstKilograms != KILOGRAMS_PER_TONNE) {
            text = string.concat(text, ", ", firstKilograms.toString(), " kg of the first");
        }
        if (lastKilograms != KILOGRAMS_PER_TONNE && first != last) {
            text = string.concat(text, ", ", lastKilograms.toString(), " kg of the last");
        }
    }

    function _svg(
        string memory number,
        string memory tonnes,
        string memory serials,
        string memory date,
        Facts memory facts
    ) private pure returns (string memory) {
        string memory head = string.concat(
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 400" font-family="Georgia,serif" fill="#12352f">'
            '<rect width="600" height="400" fill="#f7f5ee"/>'
            '<rect x="14" y="14" width="572" height="372" fill="none" stroke="#12352f" stroke-width="2"/>'
            '<rect x="20" y="20" width="560" height="360" fill="none" stroke="#b08d57"/>'
            '<text x="44" y="66" font-size="15" letter-spacing="3" fill="#8a6a3a">CERTIFICATE OF RETIREMENT</text>'
            '<text x="556" y="66" font-size="15" text-anchor="end" fill="#8a6a3a">No. ',
            number,
            '</text><text x="44" y="136" font-size="50">',
            tonnes,
            ' <tspan font-size="24">t CO2e</tspan></text>' '<line x1="44" y1="160" x2="556" y2="160" stroke="#b08d57"/>'
        );
        return string.concat(
            head,
            _line(194, "Programme", facts.programme),
            _line(222, "Project", string.concat(facts.project, ", ", facts.country)),
            _line(250, "Methodology", facts.methodology),
            _line(278, "Vintage", facts.vintage),
            _line(306, "Serials", serials),
            _line(334, "Retired", string.concat(date, " (UTC)")),
            '<text x="44" y="366" font-size="11" fill="#8a6a3a">one tonne, one token, one claim</text></svg>'
        );
    }

    function _line(uint256 y, string memory label, string memory value) private pure returns (string memory) {
        string memory height = y.toString();
        return string.concat(
            '<text x="44" y="',
            height,
            '" font-size="13" fill="#8a6a3a">',
            label,
            '</text><text x="150" y="',
            height,
            '" font-size="15">',
            value,
            "</text>"
        );
    }

    function _range(uint64 first, uint64 last) private pure returns (string memory) {
        if (first == last) return uint256(first).toString();
        return string.concat(uint256(first).toString(), "-", uint256(last).toString());
    }

    /// @dev Kilograms as tonnes, with three decimals where they are not whole.
    function _tonnes(uint256 kilograms) private pure returns (string memory text) {
        text = (kilograms / KILOGRAMS_PER_TONNE).toString();
        uint256 rest = kilograms % KILOGRAMS_PER_TONNE;
        if (rest == 0) return text;
        string memory zeros = rest < 10 ? "00" : rest < 100 ? "0" : "";
        return string.concat(text, ".", zeros, rest.toString());
    }

    function _date(uint256 day) private pure returns (string memory) {
        (uint256 year, uint256 month, uint256 dayOfMonth) = Dates.civil(day);
        return string.concat(year.toString(), "-", _two(month), "-", _two(dayOfMonth));
    }

    function _two(uint256 number) private pure returns (string memory) {
        return string.concat(number < 10 ? "0" : "", number.toString());
    }

    function _purpose(ICredits.Purpose purpose) private pure returns (string memory) {
        if (purpose == ICredits.Purpose.Voluntary) return "voluntary";
        if (purpose == ICredits.Purpose.Corsia) return "CORSIA";
        if (purpose == ICredits.Purpose.HostNdc) return "host country NDC";
        if (purpose == ICredits.Purpose.NationalScheme) return "national scheme";
        return "other";
    }

    function _dataURI(string memory mime, string memory content) private pure returns (string memory) {
        return string.concat("data:", mime, ";base64,", Base64.encode(bytes(content)));
    }
}
