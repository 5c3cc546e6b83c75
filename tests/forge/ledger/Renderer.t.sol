// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICredits} from "../../../contracts/interfaces/ICredits.sol";
import {ILabels} from "../../../contracts/interfaces/ILabels.sol";
import {BatchId, RedemptionId, RetirementId, ShortfallId} from "../../../contracts/types/Ids.sol";
import {vm} from "./Cheats.sol";
import {LedgerTest} from "./LedgerTest.sol";
import {Page} from "./Page.sol";

contract RendererTest is LedgerTest, Page {
    BatchId private constant B1 = BatchId.wrap(1);

    function setUp() public override {
        super.setUp();
        issued();
    }

    function test_batch_uri_is_json_with_the_facts() external {
        retire(B1, 1500);
        vm.prank(alice);
        credits.cancel(lot(B1, 7), alice, ICredits.CancellationKind.Voluntary, "");
        vm.prank(alice);
        redemptions.request(B1, kg(2000), alice);
        vm.prank(operator);
        redemptions.confirm(RedemptionId.wrap(1), LAST - 1, LAST);

        string memory json = _json(credits.uri(1));
        vm.assertEq(vm.parseJsonString(json, ".name"), "VCS 1340 vintage 2020");
        vm.assertEq(vm.parseJsonUint(json, ".decimals"), 3);
        _is(json, ".properties.programme", "VCS");
        _is(json, ".properties.project", "1340");
        _is(json, ".properties.country", "ET");
        _is(json, ".properties.methodology", "VM0042 2.1");
        _is(json, ".properties.vintage", "2020-01-01 to 2020-12-31");
        _is(json, ".properties.vintage_year", "2020");
        _is(json, ".properties.batch", "1");
        _is(json, ".properties.serials", "941467007-941467016");
        _is(json, ".properties.issued_tonnes", "10");
        _is(json, ".properties.retired_tonnes", "1.5");
        _is(json, ".properties.cancelled_tonnes", "0.007");
        _is(json, ".properties.redeemed_tonnes", "2");
        vm.assertEq(vm.parseJsonKeys(json, ".properties").length, 13);
        _is(json, ".attributes[0].trait_type", "Programme");
        _is(json, ".attributes[0].value", "VCS");
        bytes memory svg = _svg(json);
        _assertWellFormed(svg);
        vm.assertTrue(_contains(svg, 'height="12" width="72"/>'), "1.507 of 10 t on a bar of 480");
        vm.assertTrue(_contains(svg, 'x="442" width="96"/>'), "2 of 10 t from its end");
    }

    function test_batch_uri_of_one_serial_names_it_once() external {
        ICredits.Issuance memory order = issuance(verify(project, methodology, END + 1, END + 1, 1000), 0, 0);
        (order.vintageStart, order.vintageEnd, order.vintageYear) = (END + 1, END + 1, 2021);
        issueTo(alice, order);
        _is(_json(credits.uri(2)), ".properties.serials", "0");
    }

    function test_batch_uri_of_the_highest_serials() external {
        uint64 top = type(uint64).max - 1;
        ICredits.Issuance memory order = issuance(verify(project, methodology, END + 1, END + 1, 2000), top - 1, top);
        (order.vintageStart, order.vintageEnd, order.vintageYear) = (END + 1, END + 1, 2021);
        issueTo(alice, order);
        _is(_json(credits.uri(2)), ".properties.serials", "18446744073709551613-18446744073709551614");
    }

    function test_batch_uri_reverts_for_unknown_batches() external {
        vm.expectRevert(abi.encodeWithSelector(ICredits.BatchUnknown.selector, BatchId.wrap(2)));
        credits.uri(2);
    }

    function test_batch_uri_reverts_for_an_id_that_only_truncates_to_a_batch() external {
        vm.expectRevert();
        credits.uri((1 << 32) | 1);
    }

    function test_certificate_uri_is_json_with_the_facts_and_an_svg() external {
        vm.warp(1_798_761_599); // 2026-12-31 23:59:59 UTC
        retire(B1, 1500);
        string memory json = _json(certificates.tokenURI(1));
        vm.assertEq(vm.parseJsonString(json, ".name"), "Retirement certificate 1");
        _is(json, ".properties.programme", "VCS");
        _is(json, ".properties.tonnes", "1.5");
        _is(json, ".properties.serials", "941467007-941467008");
        _is(json, ".properties.fractions", "500 kg of the last serial");
        _is(json, ".properties.retired", "2026-12-31 (UTC)");
        _is(json, ".properties.purpose", "voluntary");
        _is(json, ".properties.beneficiary", "0x00000000000000000000000000000000000A11cE");
        _is(json, ".properties.batch", "1");
        _is(json, ".properties.claim", "1");

        bytes memory svg = _svg(json);
        _assertWellFormed(svg);
        vm.assertTrue(_contains(svg, ">1.5<"), "tonnes");
        vm.assertTrue(_contains(svg, ">941467007-941467008<"), "serials");
        vm.assertTrue(_contains(svg, ">500 kg of the last serial<"), "fractions");
        vm.assertTrue(_contains(svg, "No. 1<"), "number");
        vm.assertTrue(_contains(svg, ">1340<"), "project");
        vm.assertTrue(_contains(svg, "2026-12-31 (UTC)"), "date");
    }

    function test_certificate_svg_groups_digits_by_thousands() external {
        ICredits.Issuance memory order =
            issuance(verify(project, methodology, END + 1, END + 1, 2_000_000_000), 0, 1_999_999);
        (order.vintageStart, order.vintageEnd, order.vintageYear) = (END + 1, END + 1, 2021);
        issueTo(alice, order);
        _draws(100_000, ">100<");
        _draws(1_000_500, ">1,000.5<");
        _draws(12_345_000, ">12,345<");
        _draws(123_456_000, ">123,456<");
        _draws(1_234_567_000, ">1,234,567<");
    }

    function _draws(uint48 kilograms, string memory figure) private {
        RetirementId id = retire(BatchId.wrap(2), kilograms);
        bytes memory svg = _svg(_json(certificates.tokenURI(RetirementId.unwrap(id))));
        vm.assertTrue(_contains(svg, figure), figure);
    }

    function test_certificate_uri_names_serials_to_the_kilogram() external {
        _retires(1000, "941467007", "", "1");
        _retires(1, "941467008", "1 kg of this serial", "0.001");
        _retires(98, "941467008", "98 kg of this serial", "0.098");
        _retires(1901, "941467008-941467009", "901 kg of the first serial", "1.901");
        _retires(999, "941467010", "999 kg of this serial", "0.999");
        _retires(2, "941467010-941467011", "1 kg of the first serial, 1 kg of the last serial", "0.002");
    }

    function test_certificate_uri_names_every_purpose_and_its_claim() external {
        string[6] memory names = [
            "voluntary", "CORSIA, first phase", "CORSIA, second phase", "host country NDC", "national scheme", "other"
        ];
        BatchId young = _of2021();
        labels.setHost("ET", alice);
        for (uint8 i; i < 6; ++i) {
            BatchId id = ICredits.Purpose(i) == ICredits.Purpose.HostNdc ? young : B1;
            vm.prank(alice);
            RetirementId[] memory ids = credits.retire(lotsOf(id, 1, id, 1), alice, bob, ICredits.Purpose(i), 0);
            string memory json = _json(certificates.tokenURI(RetirementId.unwrap(ids[1])));
            _is(json, ".properties.purpose", names[i]);
            _is(json, ".properties.claim", vm.toString(RetirementId.unwrap(ids[0])));
        }
    }

    /// forge-config: default.fuzz.runs = 8
    function testFuzz_certificate_uri_is_always_json_and_svg(
        uint16 before,
        uint16 kilograms,
        uint8 purpose,
        uint32 time
    ) external {
        uint48 taken = before % 5000;
        if (taken != 0) retire(B1, taken);
        vm.warp(block.timestamp + time);
        ICredits.Purpose for_ = ICredits.Purpose(purpose % 6);
        if (for_ == ICredits.Purpose.HostNdc) for_ = ICredits.Purpose.Other; // of 2020: no NDC counts it
        vm.prank(alice);
        RetirementId id = credits.retire(lot(B1, 1 + (kilograms % 4999)), alice, bob, for_, 0)[0];
        string memory json = _json(certificates.tokenURI(RetirementId.unwrap(id)));
        vm.assertTrue(vm.parseJsonKeys(json, ".properties").length >= 14, "facts");
        _assertWellFormed(_svg(json));
        _assertWellFormed(_svg(_json(credits.uri(1))));
    }

    // labels, over-issuance, freezes

    function test_uris_name_the_labels_of_their_time() external {
        vm.warp(block.timestamp + 1);
        _is(_json(credits.uri(1)), ".properties.labels", "none");
        retire(B1, 1);
        labels.admitFramework("CCP", bob, ILabels.Rule(true, false, ILabels.Use.None, false));
        labels.admitFramework("CORSIA-1", bob, ILabels.Rule(true, false, ILabels.Use.None, false));
        _approve("CCP");
        vm.warp(block.timestamp + 1);
        _is(_json(credits.uri(1)), ".properties.labels", "CCP");
        retire(B1, 1);
        _approve("CORSIA-1");
        vm.warp(block.timestamp + 1);
        retire(B1, 1);
        vm.startPrank(bob);
        labels.withdrawProgramme("CCP", VCS, ILabels.Decision("", 0, ""));
        vm.stopPrank();
        vm.warp(block.timestamp + 1);
        string memory json = _json(credits.uri(1));
        _is(json, ".properties.labels", "CORSIA-1");
        vm.assertTrue(_contains(_svg(json), ">CORSIA-1<"), "drawn");
        _is(_json(certificates.tokenURI(1)), ".properties.labels", "none");
        _is(_json(certificates.tokenURI(2)), ".properties.labels", "CCP");
        json = _json(certificates.tokenURI(3)); // as held on the day, though one was withdrawn since
        _is(json, ".properties.labels", "CCP, CORSIA-1");
        vm.assertTrue(_contains(_svg(json), ">CCP, CORSIA-1<"), "drawn");
    }

    function test_uris_say_what_was_over_issued() external {
        retire(B1, 1500);
        vm.prank(operator);
        shortfalls.markOverIssued(B1, kg(2500), "evidence", "");
        string[2] memory all = [_json(credits.uri(1)), _json(certificates.tokenURI(1))];
        for (uint256 i; i < 2; ++i) {
            _is(all[i], ".properties.over_issued_tonnes", "2.5");
            _is(all[i], ".properties.over_issued_made_good_tonnes", "0");
            vm.assertTrue(_contains(_svg(all[i]), ">2.5 t of the batch were over-issued<"), "drawn");
            _assertWellFormed(_svg(all[i]));
        }
        vm.assertEq(vm.parseJsonKeys(all[0], ".properties").length, 15);
        vm.assertEq(vm.parseJsonKeys(all[1], ".properties").length, 17);
    }

    /// @dev F23 turned round: a mark that was made good says so.
    function test_uris_say_what_was_made_good_of_an_over_issuance() external {
        retire(B1, 1500);
        vm.prank(operator);
        ShortfallId id = shortfalls.markOverIssued(B1, kg(2500), "evidence", "");
        string[2] memory words = [
            "2.5 t of the batch were over-issued, 0.5 t of them made good",
            "2.5 t of the batch were over-issued and made good"
        ];
        uint48[2] memory steps = [uint48(500), 2000];
        for (uint256 i; i < 2; ++i) {
            vm.prank(alice);
            shortfalls.makeGood(id, lot(B1, steps[i]), alice);
            string memory json = _json(certificates.tokenURI(1));
            vm.assertTrue(_contains(_svg(json), string.concat(">", words[i], "<")), "drawn");
            _is(json, ".properties.over_issued_made_good_tonnes", i == 0 ? "0.5" : "2.5");
        }
        shortfalls.annul(id, "error");
        vm.assertTrue(!_contains(_svg(_json(credits.uri(1))), "over-issued"), "annulled");
    }

    function test_collections_describe_themselves() external view {
        string[2] memory all = [_json(credits.contractURI()), _json(certificates.contractURI())];
        _is(all[0], ".name", credits.name());
        _is(all[0], ".symbol", "TONNE");
        _is(all[1], ".name", certificates.name());
        for (uint256 i; i < 2; ++i) {
            _assertWellFormed(_svg(all[i]));
        }
    }

    function test_batch_uri_says_what_is_frozen() external {
        string[4] memory words = ["batch", "project", "programme", "batch, project, programme"];
        for (uint8 i; i < 4; ++i) {
            for (uint8 scope; scope < 3; ++scope) {
                if (scope == i || i == 3) credits.freeze(ICredits.FreezeScope(scope), 1, "reason", "");
            }
            string memory json = _json(credits.uri(1));
            _is(json, ".properties.frozen", words[i]);
            vm.assertTrue(_contains(_svg(json), string.concat(">frozen: ", words[i], "<")), "drawn");
            for (uint8 scope; scope < 3; ++scope) {
                if (scope == i || i == 3) credits.lift(ICredits.FreezeScope(scope), 1, "");
            }
        }
        vm.assertEq(vm.parseJsonKeys(_json(credits.uri(1)), ".properties").length, 13);
    }

    /// @dev One line for both, which is the last that the page has room for.
    function test_batch_uri_warns_in_one_line() external {
        vm.prank(operator);
        shortfalls.markOverIssued(B1, kg(10_000), "evidence", "");
        credits.freeze(ICredits.FreezeScope.Programme, 1, "reason", "");
        string memory json = _json(credits.uri(1));
        bytes memory svg = _svg(json);
        _is(json, ".properties.frozen", "programme");
        _is(json, ".properties.over_issued_tonnes", "10");
        vm.assertTrue(_contains(svg, ">10 t of the batch were over-issued; frozen: programme<"), "both");
        vm.assertTrue(_contains(svg, '" y="524"') && !_contains(svg, '" y="544"'), "inside the page");
        _assertWellFormed(svg);
    }

    /// @dev F3 turned round: what is left of the cap stands beside the label.
    function test_uris_say_what_is_left_of_the_hosts_cap() external {
        BatchId young = _of2021();
        labels.admitFramework("CORSIA-1", bob, ILabels.Rule(true, false, ILabels.Use.InternationalMitigation, false));
        _approve("CORSIA-1");
        labels.setHost("ET", alice);
        BatchId[] memory list = new BatchId[](1);
        list[0] = young;
        vm.prank(alice);
        labels.authorise(project, 2021, 4, kg(3500), list, ILabels.Decision("", 0, ""));
        vm.warp(block.timestamp + 1);
        vm.prank(alice);
        credits.retire(lot(young, 1000), alice, bob, ICredits.Purpose.CorsiaPhase1, 0);
        RetirementId id = retire(young, 5000);
        string[2] memory all = [_json(credits.uri(no(young))), _json(certificates.tokenURI(RetirementId.unwrap(id)))];
        for (uint256 i; i < 2; ++i) {
            _is(all[i], ".properties.labels", "CORSIA-1");
            _is(all[i], ".properties.authorised_tonnes", "3.5");
            _is(all[i], ".properties.authorised_tonnes_left", "2.5");
            vm.assertTrue(_contains(_svg(all[i]), ">CORSIA-1 (host country's cap 3.5 t, 2.5 t left)<"), "drawn");
            _assertWellFormed(_svg(all[i]));
        }
        vm.assertTrue(!_contains(_svg(_json(credits.uri(1))), "cap"), "of 2020: no cap");
    }

    /// @dev Ten tonnes of 2021, alice's.
    function _of2021() private returns (BatchId) {
        ICredits.Issuance memory order =
            issuance(verify(project, methodology, END + 1, END + 1, 10_000), LAST + 1, LAST + 10);
        (order.vintageStart, order.vintageEnd, order.vintageYear) = (END + 1, END + 1, 2021);
        return issueTo(alice, order);
    }

    function _approve(bytes32 label) private {
        ILabels.Approval memory any = ILabels.Approval(false, 0, type(uint32).max, 0, 0);
        vm.prank(bob);
        labels.approveProgramme(label, VCS, any, ILabels.Decision("", 0, ""));
    }

    function _retires(uint48 kilograms, string memory serials, string memory fractions, string memory tonnes) private {
        string memory json = _json(certificates.tokenURI(RetirementId.unwrap(retire(B1, kilograms))));
        _is(json, ".properties.serials", serials);
        _is(json, ".properties.tonnes", tonnes);
        bool whole = bytes(fractions).length == 0;
        vm.assertEq(vm.parseJsonKeys(json, ".properties").length, whole ? 14 : 15);
        if (!whole) _is(json, ".properties.fractions", fractions);
    }
}
