// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC721Metadata} from "@openzeppelin/contracts/token/ERC721/extensions/IERC721Metadata.sol";
import {Base64} from "@openzeppelin/contracts/utils/Base64.sol";
import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";
import {ICredits} from "./interfaces/ICredits.sol";
import {ILabels} from "./interfaces/ILabels.sol";
import {IProgrammes} from "./interfaces/IProgrammes.sol";
import {IProjects} from "./interfaces/IProjects.sol";
import {IRenderer} from "./interfaces/IRenderer.sol";
import {IShortfalls} from "./interfaces/IShortfalls.sol";
import {Codes} from "./libraries/Codes.sol";
import {Dates} from "./libraries/Dates.sol";
import {BatchId, ProgrammeId, ProjectId, RetirementId} from "./types/Ids.sol";
import {Kilograms, KILOGRAMS_PER_TONNE, kilogramsOfBlock, serialsOf} from "./types/Kilograms.sol";

/// @title Renderer
/// @notice See `IRenderer`, which is the manual.
/// @dev Every text that comes from outside is a code or a country, whose characters need no escaping in JSON or SVG.
/// The page is A4 in points; `onetonne.certificates` draws the same seal in the same place.
contract Renderer is IRenderer {
    using Codes for bytes32;
    using Strings for uint256;

    ICredits public immutable credits;
    IProgrammes public immutable programmes;
    IProjects public immutable projects;
    ILabels public immutable labels;
    IShortfalls public immutable shortfalls;

    uint256 private constant ROW = 20; // points from one line of the table to the next
    // What a character takes at most of the font size, in hundredths, in the page's fonts and those that replace them; a
    // sentence takes less than digits.
    uint256 private constant CAPITAL = 100;
    uint256 private constant DIGIT = 64;
    // How wide a value may be, in points: beside the seal, and below it.
    uint256 private constant NARROW = 385;
    uint256 private constant WIDE = 600;
    uint256 private constant BELOW_SEAL = 330;

    /// @dev What has been written so far: members of two JSON collections, and the two columns of the drawn table.
    struct Sheet {
        string properties;
        string attributes;
        string labels;
        string values;
        uint256 y;
    }

    /// @dev What stands on a page besides its table.
    /// @param body where the holder of a certificate or the bar of a batch is drawn
    struct Page {
        string title;
        string number;
        uint256 kilograms;
        string suffix;
        string body;
        string stamp;
        string stamped;
        bytes32 seed;
    }

    constructor(
        ICredits credits_,
        IProgrammes programmes_,
        IProjects projects_,
        ILabels labels_,
        IShortfalls shortfalls_
    ) {
        credits = credits_;
        programmes = programmes_;
        projects = projects_;
        labels = labels_;
        shortfalls = shortfalls_;
    }

    // ---- what wallets ask for ----

    /// @inheritdoc IRenderer
    function contractURI(address collection) external view returns (string memory) {
        string memory name = IERC721Metadata(collection).name();
        string memory symbol = IERC721Metadata(collection).symbol();
        bytes32 seed = keccak256(abi.encode(block.chainid, credits, "collection", symbol));
        string memory image = string.concat(
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="556 92 240 240" font-family="Times New Roman,Times,serif" '
            'fill="#10302a"><rect x="556" y="92" width="240" height="240" fill="#fbfbf7"/>',
            _seal(seed, "ONE TONNE", "one claim"),
            "</svg>"
        );
        return _dataURI(
            "application/json",
            string.concat(
                '{"name":"',
                name,
                '","symbol":"',
                symbol,
                '","description":"One tonne, one token, one claim: certified carbon credits that cannot be counted twice.",'
                '"image":"',
                _dataURI("image/svg+xml", image),
                '"}'
            )
        );
    }

    /// @inheritdoc IRenderer
    function batchURI(BatchId batchId) external view returns (string memory) {
        ICredits.Batch memory entry = credits.batch(batchId);
        Sheet memory sheet;
        sheet.y = 324;
        string memory number = uint256(BatchId.unwrap(batchId)).toString();
        string memory name = _origin(sheet, entry);
        _row(sheet, "serials", "Serial numbers", _range(entry.first, entry.last), DIGIT);
        _fact(sheet, "batch", "Batch", number);
        uint256 issued = Kilograms.unwrap(kilogramsOfBlock(entry.first, entry.last));
        uint256 cancelled = Kilograms.unwrap(entry.cancelled);
        uint256 retired = Kilograms.unwrap(entry.taken) - cancelled;
        uint256 redeemed = Kilograms.unwrap(entry.redeemed);
        _fact(sheet, "issued_tonnes", "Issued tonnes", _tonnes(issued));
        _row(sheet, "retired_tonnes", "Retired tonnes", _tonnes(retired), CAPITAL);
        _row(sheet, "cancelled_tonnes", "Cancelled tonnes", _tonnes(cancelled), CAPITAL);
        _row(sheet, "redeemed_tonnes", "Redeemed tonnes", _tonnes(redeemed), CAPITAL);
        _labelled(sheet, batchId, entry, uint48(block.timestamp));
        _warnings(sheet, batchId, entry);
        Page memory page = Page({
            title: "CERTIFIED CARBON CREDITS",
            number: string.concat("Batch ", number),
            kilograms: issued,
            suffix: " issued",
            body: _bar(issued, retired + cancelled, redeemed),
            stamp: "VINTAGE",
            stamped: uint256(entry.vintageYear).toString(),
            seed: keccak256(abi.encode(block.chainid, credits, "batch", batchId))
        });
        return _json(
            name,
            "Certified carbon credits: one unit is one kilogram of CO2 equivalent, 1,000 units are one serial number.",
            ',"decimals":3',
            page,
            sheet
        );
    }

    /// @inheritdoc IRenderer
    function certificateURI(RetirementId retirementId) external view returns (string memory) {
        ICredits.Retirement memory record = credits.retirement(retirementId);
        ICredits.Batch memory entry = credits.batch(record.batch);
        Sheet memory sheet;
        sheet.y = 324;
        string memory number = uint256(RetirementId.unwrap(retirementId)).toString();
        string memory account = Strings.toChecksumHexString(record.beneficiary);
        string memory date = _date(record.time / 1 days);
        string memory tonnes = _tonnes(Kilograms.unwrap(record.kilograms));
        _origin(sheet, entry);
        _serials(sheet, entry.first, record);
        _row(sheet, "retired", "Retired", string.concat(date, " (UTC)"), CAPITAL);
        _row(sheet, "purpose", "Purpose", _purpose(record.purpose), CAPITAL);
        _labelled(sheet, record.batch, entry, record.time);
        string memory overIssued = _overIssued(sheet, record.batch);
        if (bytes(overIssued).length != 0) _draw(sheet, "Warning", overIssued, DIGIT);
        _fact(sheet, "tonnes", "Tonnes", tonnes);
        _fact(sheet, "beneficiary", "Beneficiary", account);
        _fact(sheet, "batch", "Batch", uint256(BatchId.unwrap(record.batch)).toString());
        _fact(sheet, "claim", "Claim", (uint256(RetirementId.unwrap(retirementId)) - record.position).toString());
        Page memory page = Page({
            title: "CERTIFICATE OF RETIREMENT",
            number: string.concat("No. ", number),
            kilograms: Kilograms.unwrap(record.kilograms),
            suffix: ", retired for ever",
            body: string.concat(
                '<text x="58" y="243" font-size="13" font-style="italic" fill="#5c776d">on behalf of the account</text>'
                '<text x="58" y="266" font-family="Menlo,Consolas,monospace" font-size="15">',
                account,
                "</text>"
            ),
            stamp: "RETIRED",
            stamped: date,
            seed: keccak256(abi.encode(block.chainid, credits, "retirement", retirementId))
        });
        return _json(
            string.concat("Retirement certificate ", number),
            string.concat(tonnes, " t CO2e retired for ever. Drawn by the contract from chain state."),
            "",
            page,
            sheet
        );
    }

    // ---- facts as JSON ----

    function _json(
        string memory name,
        string memory description,
        string memory extra,
        Page memory page,
        Sheet memory sheet
    ) private view returns (string memory) {
        string memory head = string.concat('{"name":"', name, '","description":"', description, '"', extra);
        return _dataURI(
            "application/json",
            string.concat(
                head,
                ',"image":"',
                _dataURI("image/svg+xml", _svg(page, sheet)),
                '","properties":{',
                sheet.properties,
                '},"attributes":[',
                sheet.attributes,
                "]}"
            )
        );
    }

    /// @dev Writes what a batch's origin says; returns the batch's name.
    function _origin(Sheet memory sheet, ICredits.Batch memory entry) private view returns (string memory) {
        IProjects.Project memory project = projects.project(entry.project);
        IProgrammes.Methodology memory rule = programmes.methodology(entry.methodology);
        string memory programme = programmes.programmeCode(entry.programme).toString();
        string memory code = project.code.toString();
        string memory year = uint256(entry.vintageYear).toString();
        _row(sheet, "programme", "Programme", programme, CAPITAL);
        _row(sheet, "project", "Project", code, CAPITAL);
        _row(
            sheet, "country", "Country", string(abi.encodePacked(projects.activity(project.activity).country)), CAPITAL
        );
        _row(
            sheet,
            "methodology",
            "Methodology",
            string.concat(rule.code.toString(), " ", rule.version.toString()),
            CAPITAL
        );
        _row(
            sheet,
            "vintage",
            "Vintage",
            string.concat(_date(entry.vintageStart), " to ", _date(entry.vintageEnd)),
            CAPITAL
        );
        _fact(sheet, "vintage_year", "Vintage year", year);
        return string.concat(programme, " ", code, " vintage ", year);
    }

    /// @dev The labels that the batch held at second `time` (I9); beside those that rest on the host country's letter, how
    /// much of its cap is left now.
    function _labelled(Sheet memory sheet, BatchId batchId, ICredits.Batch memory entry, uint48 time) private view {
        bytes32[] memory held = labels.labelsAt(batchId, time);
        string memory list = held.length == 0 ? "none" : "";
        bool asked;
        for (uint256 i; i < held.length; ++i) {
            list = _listed(list, ", ", held[i].toString());
            asked = asked || labels.framework(held[i]).rule.use != ILabels.Use.None;
        }
        _fact(sheet, "labels", "Labels", list);
        ILabels.Authorisation memory letter = labels.authorisation(entry.project, entry.vintageYear);
        if (asked && Kilograms.unwrap(letter.cap) != 0) {
            string memory cap = _tonnes(Kilograms.unwrap(letter.cap));
            string memory left = _tonnes(Kilograms.unwrap(letter.cap - letter.transferred));
            _fact(sheet, "authorised_tonnes", "Tonnes authorised by the host country", cap);
            _fact(sheet, "authorised_tonnes_left", "Authorised tonnes left", left);
            list = string.concat(list, " (host country's cap ", cap, " t, ", left, " t left)");
        }
        _draw(sheet, "Labels", list, CAPITAL);
    }

    /// @dev What stands against a batch now: facts, and one line for all of them where there are any.
    function _warnings(Sheet memory sheet, BatchId batchId, ICredits.Batch memory entry) private view {
        string memory text = _overIssued(sheet, batchId);
        string memory frozen = "";
        if (credits.isFrozen(ICredits.FreezeScope.Batch, BatchId.unwrap(batchId))) frozen = "batch";
        if (credits.isFrozen(ICredits.FreezeScope.Project, ProjectId.unwrap(entry.project))) {
            frozen = _listed(frozen, ", ", "project");
        }
        if (credits.isFrozen(ICredits.FreezeScope.Programme, ProgrammeId.unwrap(entry.programme))) {
            frozen = _listed(frozen, ", ", "programme");
        }
        if (bytes(frozen).length != 0) {
            _fact(sheet, "frozen", "Frozen", frozen);
            text = _listed(text, "; ", string.concat("frozen: ", frozen));
        }
        if (bytes(text).length != 0) _draw(sheet, "Warning", text, DIGIT);
    }

    /// @dev The fact of what is marked as over-issued in a batch, and its words; neither where nothing is.
    function _overIssued(Sheet memory sheet, BatchId batchId) private view returns (string memory) {
        IShortfalls.Reported memory reported = shortfalls.reported(batchId);
        uint256 marked = Kilograms.unwrap(reported.overIssued);
        if (marked == 0) return "";
        uint256 madeGood = Kilograms.unwrap(reported.madeGood);
        _fact(sheet, "over_issued_tonnes", "Over-issued tonnes of the batch", _tonnes(marked));
        _fact(sheet, "over_issued_made_good_tonnes", "Over-issued tonnes made good", _tonnes(madeGood));
        string memory text = string.concat(_tonnes(marked), " t of the batch were over-issued");
        if (madeGood == 0) return text;
        if (madeGood == marked) return string.concat(text, " and made good");
        return string.concat(text, ", ", _tonnes(madeGood), " t of them made good");
    }

    /// @dev The serial numbers, exact to the kilogram at both ends; fractions get a line of their own.
    function _serials(Sheet memory sheet, uint64 start, ICredits.Retirement memory record) private pure {
        (uint64 first, uint64 last, uint256 firstKilograms, uint256 lastKilograms) =
            serialsOf(start, record.from, record.kilograms);
        string memory parts = "";
        if (firstKilograms != KILOGRAMS_PER_TONNE) {
            parts = string.concat(
                firstKilograms.toString(), first == last ? " kg of this serial" : " kg of the first serial"
            );
        }
        if (lastKilograms != KILOGRAMS_PER_TONNE && first != last) {
            parts = _listed(parts, ", ", string.concat(lastKilograms.toString(), " kg of the last serial"));
        }
        string memory range = _range(first, last);
        _row(sheet, "serials", "Serial numbers", range, DIGIT);
        if (bytes(parts).length != 0) _row(sheet, "fractions", "Fractions", parts, DIGIT);
    }

    /// @dev A fact that is drawn.
    function _row(Sheet memory sheet, string memory key, string memory label, string memory value, uint256 em)
        private
        pure
    {
        _fact(sheet, key, label, value);
        _draw(sheet, label, value, em);
    }

    function _draw(Sheet memory sheet, string memory label, string memory value, uint256 em) private pure {
        string memory y = string.concat('" y="', sheet.y.toString());
        uint256 width = sheet.y < BELOW_SEAL ? NARROW : WIDE;
        sheet.y += ROW;
        sheet.labels = string.concat(sheet.labels, '<text x="58', y, '">', label, "</text>");
        sheet.values = string.concat(
            sheet.values, '<text x="178', y, '" font-size="', _fit(16, value, em, width), '">', value, "</text>"
        );
    }

    function _fact(Sheet memory sheet, string memory key, string memory label, string memory value) private pure {
        string memory comma = bytes(sheet.properties).length == 0 ? "" : ",";
        sheet.properties = string.concat(sheet.properties, comma, '"', key, '":"', value, '"');
        sheet.attributes = string.concat(sheet.attributes, comma, '{"trait_type":"', label, '","value":"', value, '"}');
    }

    // ---- the sheet as SVG ----

    function _svg(Page memory page, Sheet memory sheet) private view returns (string memory) {
        bool small = page.kilograms < KILOGRAMS_PER_TONNE;
        string memory figure = small ? page.kilograms.toString() : _grouped(_tonnes(page.kilograms));
        string memory head = string.concat(
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 842 595" font-family="Times New Roman,Times,serif" '
            'fill="#10302a"><rect width="842" height="595" fill="#fbfbf7"/><g fill="none" stroke="#10302a">'
            '<rect x="20" y="20" width="802" height="555"/><rect x="25" y="25" width="792" height="545" '
            'stroke-width=".4"/><path d="M58 294H538M58 529H784" stroke="#b4c6bd" stroke-width=".6"/></g><g font-family="Helvetica,Arial,sans-serif" font-size="13" fill="#2a6b57">'
            '<text x="58" y="78" letter-spacing="4">',
            page.title,
            '</text><text x="784" y="78" text-anchor="end">',
            page.number,
            '</text></g><text x="55" y="180" font-size="'
        );
        head = string.concat(
            head,
            _fit(104, figure, DIGIT, 500),
            '">',
            figure,
            '</text><text x="58" y="212" font-size="21">',
            small ? "kg" : "tonnes",
            ' of CO<tspan dy="4" font-size="14">2</tspan><tspan dy="-4"> equivalent',
            page.suffix,
            "</tspan></text>",
            page.body
        );
        return string.concat(
            head,
            '<g font-family="Helvetica,Arial,sans-serif" font-size="11" fill="#5c776d">',
            sheet.labels,
            "</g><g>",
            sheet.values,
            "</g>",
            _seal(page.seed, page.stamp, page.stamped),
            '<g font-family="Helvetica,Arial,sans-serif" font-size="8.5" fill="#5c776d"><text x="58" y="547">Chain ',
            block.chainid.toString(),
            ", Credits ",
            Strings.toChecksumHexString(address(credits)),
            '</text><text x="784" y="547" text-anchor="end">one tonne, one token, one claim</text></g></svg>'
        );
    }

    /// @dev Two wreaths of turned ellipses, whose number and shape follow from the seed, around a stamp.
    function _seal(bytes32 seed, string memory stamp, string memory stamped) private pure returns (string memory) {
        uint256 turns = 18 + uint8(seed[0]) % 13;
        string memory outer = string.concat('<ellipse rx="108" ry="', (54 + uint256(uint8(seed[1])) % 35).toString());
        string memory inner = string.concat('<ellipse rx="86" ry="', (24 + uint256(uint8(seed[2])) % 25).toString());
        string memory wreath = "";
        for (uint256 i; i < turns; ++i) {
            string memory turn = string.concat('" transform="rotate(', _decimal(i * 18_000 / turns, 100), ')"/>');
            wreath = string.concat(wreath, outer, turn, inner, turn);
        }
        return string.concat(
            '<g transform="translate(676 212)" text-anchor="middle"><g fill="none" stroke="#2a6b57" '
            'stroke-width=".4">',
            wreath,
            '</g><circle r="45" fill="#fbfbf7" stroke="#2a6b57"/><circle r="42" fill="none" stroke="#2a6b57" '
            'stroke-width=".4"/><text y="-4" font-family="Helvetica,Arial,sans-serif" font-size="9" '
            'letter-spacing="2" fill="#2a6b57">',
            stamp,
            '</text><text y="13" font-size="15">',
            stamped,
            "</text></g>"
        );
    }

    /// @dev A batch as a bar: taken from its front, redeemed from its back, in circulation between (I4).
    function _bar(uint256 issued, uint256 taken, uint256 redeemed) private pure returns (string memory) {
        string memory front = (taken * 480 / issued).toString();
        uint256 back = redeemed * 480 / issued;
        return string.concat(
            '<g font-family="Helvetica,Arial,sans-serif" font-size="9" fill="#5c776d"><text x="58" y="274">retired or '
            'cancelled</text><text x="538" y="274" text-anchor="end">redeemed</text></g><rect x="58" y="246" '
            'width="480" height="12" fill="#cfe0d7"/><g fill="#2a6b57"><rect x="58" y="246" height="12" width="',
            front,
            '"/><rect y="246" height="12" fill-opacity=".55" x="',
            (538 - back).toString(),
            '" width="',
            back.toString(),
            '"/></g>'
        );
    }

    /// @dev The font size at which `text`, of characters of `em` hundredths of it, fits into `width`; at most `largest`.
    function _fit(uint256 largest, string memory text, uint256 em, uint256 width) private pure returns (string memory) {
        uint256 hundredths = width * 10_000 / (em * bytes(text).length);
        return hundredths < largest * 100 ? _decimal(hundredths, 100) : largest.toString();
    }

    // ---- words and numbers ----

    function _listed(string memory list, string memory comma, string memory next) private pure returns (string memory) {
        return bytes(list).length == 0 ? next : string.concat(list, comma, next);
    }

    function _range(uint64 first, uint64 last) private pure returns (string memory) {
        if (first == last) return uint256(first).toString();
        return string.concat(uint256(first).toString(), "-", uint256(last).toString());
    }

    /// @dev Kilograms as tonnes.
    function _tonnes(uint256 kilograms) private pure returns (string memory) {
        return _decimal(kilograms, KILOGRAMS_PER_TONNE);
    }

    /// @dev `number / unit`, exact, without trailing zeros; `unit` is a power of ten.
    function _decimal(uint256 number, uint256 unit) private pure returns (string memory whole) {
        whole = (number / unit).toString();
        uint256 rest = number % unit;
        if (rest == 0) return whole;
        while (rest % 10 == 0) (rest, unit) = (rest / 10, unit / 10);
        bytes memory decimals = bytes((unit + rest).toString());
        decimals[0] = "."; // in place of the 1 that keeps the zeros before the rest
        return string.concat(whole, string(decimals));
    }

    /// @dev With a comma after each three digits before the point.
    function _grouped(string memory number) private pure returns (string memory grouped) {
        bytes memory digits = bytes(number);
        uint256 whole;
        while (whole < digits.length && digits[whole] != ".") ++whole;
        for (uint256 i; i < digits.length; ++i) {
            bool comma = i != 0 && i < whole && (whole - i) % 3 == 0;
            grouped = string.concat(grouped, comma ? "," : "", string(abi.encodePacked(digits[i])));
        }
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
        if (purpose == ICredits.Purpose.CorsiaPhase1) return "CORSIA, first phase";
        if (purpose == ICredits.Purpose.CorsiaPhase2) return "CORSIA, second phase";
        if (purpose == ICredits.Purpose.HostNdc) return "host country NDC";
        if (purpose == ICredits.Purpose.NationalScheme) return "national scheme";
        return "other";
    }

    function _dataURI(string memory mime, string memory content) private pure returns (string memory) {
        return string.concat("data:", mime, ";base64,", Base64.encode(bytes(content)));
    }
}
