// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IProjects} from "../../../contracts/interfaces/IProjects.sol";
import {ComponentId, MethodologyId, VerificationId} from "../../../contracts/types/Ids.sol";
import {vm} from "./Cheats.sol";
import {LedgerTest} from "./LedgerTest.sol";

/// @dev Consecutive years of monitoring that a methodology demands up to a verification's end.
contract MonitoringTest is LedgerTest {
    VerificationId private constant V0 = VerificationId.wrap(0);
    uint32 private constant Y2014 = 16_071; // 2014-01-01
    uint32 private constant Y2015 = 16_436;
    uint32 private constant Y2016 = 16_801; // a leap year
    uint32 private constant Y2017 = 17_167;
    uint32 private constant Y2018 = 17_532;
    uint32 private constant Y2019 = 17_897;
    uint32 private constant Y2020 = 18_262; // a leap year
    uint32 private constant Y2021 = 18_628;

    MethodologyId private _threeYears;
    uint256 private _salt;

    function setUp() public override {
        super.setUp();
        vm.startPrank(operator);
        project = projects.registerProject( // on the same activity, and credited from the first day of all
            IProjects.Registration("1342", "ET", "BALE-MOUNTAINS", "AFOLU", 0, "Bale Mountains, south")
        );
        vm.stopPrank();
        vm.prank(operator);
        _threeYears = programmes.registerMethodology("VM0047", "1.0", 3, 0);
    }

    // how many years

    function test_a_methodology_without_years_demands_nothing() external {
        IProjects.Proposal memory stated = _period(Y2020, Y2020, V0);
        (stated.methodology, stated.dataRoot) = (methodology, 0);
        accept(propose(stated));
    }

    function test_exactly_three_years() external {
        accept(propose(_period(Y2018, Y2021 - 1, V0)));
    }

    function test_a_day_less_than_three_years() external {
        _gap(_period(Y2018 + 1, Y2021 - 1, V0), Y2018, Y2018);
        _gap(_period(Y2018, Y2021 - 2, V0), Y2018 - 1, Y2018 - 1);
    }

    function test_more_than_three_years() external {
        accept(propose(_period(Y2014, Y2021 - 1, V0)));
    }

    function test_years_from_and_to_a_leap_day() external {
        uint32 leapDay = Y2020 + 59; // 2020-02-29
        uint32 march2017 = Y2017 + 59; // 2017-03-01
        accept(propose(_period(march2017, leapDay - 1, V0))); // three years before 29 February: there is none
        IProjects.Proposal memory stated = _period(march2017, leapDay, V0);
        stated.component = _component("NORTH");
        accept(propose(stated)); // three years before 1 March
        stated = _period(march2017 + 1, leapDay, V0);
        stated.component = _component("SOUTH");
        _gap(stated, march2017, march2017);
    }

    function test_one_year_and_the_most_that_can_be_demanded() external {
        vm.startPrank(operator);
        MethodologyId oneYear = programmes.registerMethodology("VM0048", "1.0", 1, 0);
        MethodologyId most = programmes.registerMethodology("VM0049", "1.0", 255, 0);
        vm.stopPrank();
        IProjects.Proposal memory stated = _period(Y2020 + 1, Y2021 - 1, V0);
        stated.methodology = oneYear;
        VerificationId id = propose(stated);
        vm.expectRevert(_gapOf(id, 1, Y2020, Y2020));
        accept(id);
        stated.periodStart = Y2020;
        accept(propose(stated));
        stated = _period(Y2021, Y2021 + 9, V0);
        stated.methodology = most;
        id = propose(stated);
        vm.expectRevert(_gapOf(id, 255, 0, Y2020 - 1)); // no day before 1970 is asked for
        accept(id);
    }

    /// @dev There is nothing before day 0 to be missing.
    function test_monitored_from_the_first_day_of_all() external {
        accept(propose(_period(0, Y2014, V0)));
        vm.prank(operator);
        _threeYears = programmes.registerMethodology("VM0049", "1.0", 255, 0);
        accept(propose(_period(Y2014 + 1, Y2014 + 1, V0)));
    }

    function test_data_root_missing() external {
        IProjects.Proposal memory stated = _period(Y2018, Y2021 - 1, V0);
        stated.dataRoot = 0;
        VerificationId id = propose(stated);
        vm.expectRevert(abi.encodeWithSelector(IProjects.MonitoringDataMissing.selector, id));
        accept(id);
    }

    // over several periods

    function test_contiguous_periods_count_together() external {
        _plain(Y2018, Y2019 - 1);
        _plain(Y2019, Y2019 + 99);
        _plain(Y2019 + 100, Y2020 - 1);
        accept(propose(_period(Y2020, Y2021 - 1, V0)));
    }

    /// @dev Whatever the order in which they were accepted.
    function test_periods_accepted_out_of_order_count_together() external {
        _plain(Y2019, Y2020 - 1);
        _plain(Y2016, Y2017 - 1);
        _plain(Y2018, Y2019 - 1);
        _plain(Y2021, Y2021 + 9);
        accept(propose(_period(Y2020, Y2021 - 1, V0)));
    }

    function test_a_predecessor_longer_than_needed() external {
        _plain(Y2014, Y2020 - 1);
        accept(propose(_period(Y2020, Y2020 + 9, V0)));
    }

    /// @dev Each verification is measured by its own end.
    function test_a_row_of_years() external {
        accept(propose(_period(Y2014, Y2017 - 1, V0)));
        accept(propose(_period(Y2017, Y2018 - 1, V0)));
        accept(propose(_period(Y2018, Y2019 - 1, V0)));
    }

    function test_no_year_before() external {
        _gap(_period(Y2020, Y2021 - 1, V0), Y2018, Y2020 - 1);
    }

    function test_a_gap_in_the_middle() external {
        _plain(Y2018, Y2019 - 1);
        _plain(Y2019 + 10, Y2020 - 1);
        _gap(_period(Y2020, Y2021 - 1, V0), Y2019, Y2019 + 9);
        _plain(Y2019, Y2019 + 9);
        accept(propose(_period(Y2020, Y2021 - 1, V0)));
    }

    function test_a_gap_of_one_day_right_before() external {
        _plain(Y2016, Y2020 - 2);
        _gap(_period(Y2020, Y2021 - 1, V0), Y2020 - 1, Y2020 - 1);
    }

    function test_a_gap_at_the_far_end() external {
        _plain(Y2018 + 5, Y2020 - 1);
        _gap(_period(Y2020, Y2021 - 1, V0), Y2018, Y2018 + 4);
        _plain(Y2014, Y2015); // long before: the gap is still named from the first day needed
        _gap(_period(Y2020, Y2021 - 1, V0), Y2018, Y2018 + 4);
    }

    /// @dev Of two gaps the later one is named.
    function test_the_last_of_two_gaps_is_named() external {
        _plain(Y2018 + 5, Y2018 + 9);
        _plain(Y2018 + 20, Y2020 - 1);
        _gap(_period(Y2020, Y2021 - 1, V0), Y2018 + 10, Y2018 + 19);
    }

    function test_another_components_periods_do_not_count() external {
        IProjects.Proposal memory stated = _period(Y2018, Y2020 - 1, V0);
        (stated.component, stated.methodology) = (_component("NORTH"), methodology);
        accept(propose(stated));
        _gap(_period(Y2020, Y2021 - 1, V0), Y2018, Y2020 - 1);
    }

    function test_a_proposal_does_not_count() external {
        IProjects.Proposal memory stated = _period(Y2018, Y2020 - 1, V0);
        stated.methodology = methodology;
        propose(stated);
        _gap(_period(Y2020, Y2021 - 1, V0), Y2018, Y2020 - 1);
    }

    /// @dev Accepted where no data were demanded, it has none to show.
    function test_a_period_without_data_does_not_count() external {
        _plain(Y2018, Y2019 - 1);
        IProjects.Proposal memory stated = _period(Y2019, Y2020 - 1, V0);
        (stated.methodology, stated.dataRoot) = (methodology, 0);
        VerificationId id = propose(stated);
        accept(id);
        _gap(_period(Y2020, Y2021 - 1, V0), Y2019, Y2020 - 1);
        withdraw(id);
        _plainInPlaceOf(id, Y2019, Y2020 - 1);
        accept(propose(_period(Y2020, Y2021 - 1, V0)));
    }

    // withdrawn and superseded periods

    function test_a_withdrawn_predecessor_does_not_count() external {
        VerificationId id = _plain(Y2019, Y2020 - 1);
        _plain(Y2018, Y2019 - 1);
        withdraw(id);
        _gap(_period(Y2020, Y2021 - 1, V0), Y2019, Y2020 - 1);
        _plainInPlaceOf(id, Y2019, Y2020 - 1);
        accept(propose(_period(Y2020, Y2021 - 1, V0)));
    }

    function test_a_withdrawn_successor_does_not_count() external {
        _plain(Y2018, Y2019 - 1);
        VerificationId id = _plain(Y2019, Y2020 - 1);
        withdraw(id);
        id = _plainInPlaceOf(id, Y2019, Y2020 - 1);
        withdraw(id);
        _gap(_period(Y2020, Y2021 - 1, V0), Y2019, Y2020 - 1);
    }

    function test_a_gap_beyond_what_is_needed_starts_at_what_is_needed() external {
        withdraw(_plain(Y2014, Y2020 - 1));
        _gap(_period(Y2020, Y2021 - 1, V0), Y2018, Y2020 - 1);
    }

    function test_a_successor_with_fewer_days_leaves_a_gap_behind() external {
        _plain(Y2018, Y2019 - 1);
        VerificationId id = _plain(Y2019, Y2020 - 1);
        withdraw(id);
        _plainInPlaceOf(id, Y2019, Y2019 + 299);
        _gap(_period(Y2020, Y2021 - 1, V0), Y2019 + 300, Y2020 - 1);
    }

    function test_a_successor_with_fewer_days_leaves_a_gap_before() external {
        _plain(Y2018, Y2019 - 1);
        VerificationId id = _plain(Y2019, Y2020 - 1);
        withdraw(id);
        _plainInPlaceOf(id, Y2019 + 100, Y2020 - 1);
        _gap(_period(Y2020, Y2021 - 1, V0), Y2019, Y2019 + 99);
    }

    function test_a_successor_is_asked_for_the_years_too() external {
        VerificationId id = propose(_period(Y2018, Y2021 - 1, V0));
        accept(id);
        withdraw(id);
        _gap(_period(Y2019, Y2021 - 1, id), Y2018, Y2019 - 1); // the days of its claim that it leaves out
        _gap(_period(Y2018, Y2021 - 2, id), Y2018 - 1, Y2018 - 1);
        accept(propose(_period(Y2018, Y2021 - 1, id)));
    }

    function test_a_refused_acceptance_claims_nothing() external {
        VerificationId id = propose(_period(Y2020, Y2021 - 1, V0));
        vm.expectRevert(_gapOf(id, 3, Y2018, Y2020 - 1));
        accept(id);
        (VerificationId claimed,,) = projects.periodAt(COMPONENT, Y2020);
        vm.assertEq(VerificationId.unwrap(claimed), 0);
        vm.assertTrue(projects.verification(id).status == IProjects.VerificationStatus.Proposed, "proposed");
        _plain(Y2018, Y2020 - 1);
        accept(id);
    }

    /// @dev Any set of one-day periods: accepted exactly when a loop over the days finds each of them.
    function testFuzz_monitored_is_what_a_loop_over_the_days_finds(uint256 days_, uint256 withdrawn, uint8 length)
        external
    {
        vm.prank(operator);
        _threeYears = programmes.registerMethodology("VM0048", "1.0", 1, 0);
        uint32 first = Y2020; // day i is `first + 30 * i`, thirteen months of thirty days
        uint32 missing;
        bool any;
        for (uint32 i; i < 12; ++i) {
            if ((days_ >> i) & 1 == 1) {
                VerificationId id = _plain(first + 30 * i, first + 30 * i + 29);
                if ((withdrawn >> i) & (withdrawn >> (i + 16)) & 1 == 0) continue;
                withdraw(id);
            }
            (any, missing) = (true, i);
        }
        uint32 end = first + 360 + length % 6;
        VerificationId last = propose(_period(first + 360, end, V0));
        uint32 needed = end + 1 - 366; // 2020 is a leap year; before `first` for `end` before 31 December
        if (end < first + 365) (any, missing) = (true, any ? missing : 99);
        if (!any) {
            accept(last);
            return;
        }
        vm.prank(operator);
        try projects.acceptVerification(last, HEAD) {
            vm.assertTrue(false, "accepted with a gap");
        } catch (bytes memory reason) {
            uint32 gapEnd = missing == 99 ? first - 1 : first + 30 * missing + 29;
            vm.assertTrue(_endsWith(reason, gapEnd) && needed <= gapEnd, "another gap was named");
        }
    }

    // what it costs

    /// @dev F9 turned round: one word of storage for 256 days, however many periods they are.
    function test_gas_does_not_grow_with_the_number_of_periods() external {
        for (uint32 i; i < 156; ++i) {
            _plain(Y2018 + 7 * i, Y2018 + 7 * i + 6);
        }
        VerificationId id = propose(_period(Y2018 + 7 * 156, Y2021 - 1, V0));
        vm.assertTrue(_gasOfAcceptance(id) < 200_000, "159 weeks");
    }

    /// @dev F9c turned round: a partner's thousand one-day periods inside the demanded years.
    function test_a_partner_cannot_raise_the_gas_of_an_acceptance() external {
        for (uint32 i; i < 1000; ++i) {
            _plain(Y2018 + i, Y2018 + i);
        }
        VerificationId id = propose(_period(Y2018 + 1000, Y2021 - 1, V0));
        vm.assertTrue(_gasOfAcceptance(id) < 200_000, "a thousand days");
    }

    function _gasOfAcceptance(VerificationId id) private returns (uint256 used) {
        vm.prank(operator);
        used = gasleft();
        projects.acceptVerification(id, HEAD);
        used -= gasleft();
    }

    function _endsWith(bytes memory reason, uint256 word) private pure returns (bool) {
        bytes32 last;
        assembly ("memory-safe") {
            last := mload(add(reason, mload(reason)))
        }
        return
            reason.length == 4 + 4 * 32 && bytes4(reason) == IProjects.MonitoringGap.selector && uint256(last) == word;
    }

    function _period(uint32 start, uint32 end, VerificationId supersedes)
        private
        returns (IProjects.Proposal memory stated)
    {
        stated = proposal();
        stated.methodology = _threeYears;
        (stated.periodStart, stated.periodEnd) = (start, end);
        (stated.supersedes, stated.salt) = (supersedes, bytes32(++_salt));
    }

    /// @dev An accepted period of the methodology that demands no years.
    function _plain(uint32 start, uint32 end) private returns (VerificationId id) {
        return _plainInPlaceOf(V0, start, end);
    }

    function _plainInPlaceOf(VerificationId superseded, uint32 start, uint32 end) private returns (VerificationId id) {
        IProjects.Proposal memory stated = _period(start, end, superseded);
        stated.methodology = methodology;
        id = propose(stated);
        vm.startPrank(operator);
        projects.acceptVerification(id, projects.periodHint(id));
        vm.stopPrank();
    }

    function _component(bytes32 name) private returns (ComponentId) {
        vm.prank(operator);
        return projects.proposeComponent(ACTIVITY, name);
    }

    function _gap(IProjects.Proposal memory stated, uint32 start, uint32 end) private {
        VerificationId id = propose(stated);
        vm.expectRevert(_gapOf(id, 3, start, end));
        accept(id);
    }

    function _gapOf(VerificationId id, uint8 demanded, uint32 start, uint32 end) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IProjects.MonitoringGap.selector, id, demanded, start, end);
    }
}
