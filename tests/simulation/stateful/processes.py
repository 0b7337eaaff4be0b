"""What happens to processes, their calls and their clocks."""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.simulation.faults import Fault
from tests.simulation.stateful.base import WorldMachine, processes, then
from tests.simulation.stateful.faults import cloud_faults, cluster_faults, purchase_faults
from tests.simulation.task import Task


class ProcessRules(WorldMachine):
    """Processes work, stop anywhere, die and come back; calls fail; clocks jump."""

    @rule(passes=st.sampled_from((1, 4, 10, 25)))
    def work(self, passes: int) -> None:
        """Passes."""
        self.drive(passes)

    @rule(seconds=st.sampled_from((1, 6, 11, 21, 51, 130, 700, 90000)))
    def wait(self, seconds: int) -> None:
        """Time passes."""
        self.pass_time(seconds)
        self.drive(0)

    @rule(stops=st.integers(1, 40), how=st.sampled_from(("stands", "frozen", "killed")))
    def interrupt(self, stops: int, how: str) -> None:
        """The next process comes no further than to a call, or to its answer."""
        task = self.next_task()
        if task is not None:
            self.go_on(task, stops)
        if task is not None and how == "killed":
            self.world.restart(task.name)
        elif task is not None and how == "frozen":
            self.frozen.add(task.name)
        self.drive(0)

    def go_on(self, task: Task, stops: int) -> None:
        """So many steps of a pass, if it has as many."""
        if not task.running:
            self.start(task)
        for _ in range(stops):
            if task.running:
                task.step()
                self.judge.look()

    @precondition(lambda self: self.frozen)
    @rule(passes=then)
    def thaw(self, passes: int) -> None:
        """All go on from where they stood."""
        self.frozen.clear()
        self.drive(passes)

    @rule(process=processes, passes=then)
    def crash(self, process: str, passes: int) -> None:
        """kill -9, and a fresh process."""
        self.frozen.discard(process)
        self.world.restart(process)
        self.drive(passes)

    @rule(process=processes, leads=st.booleans(), passes=then)
    def elect(self, process: str, leads: bool, passes: int) -> None:
        """Leadership is lost or won."""
        (self.followers.discard if leads else self.followers.add)(process)
        self.drive(passes)

    @rule(process=processes, seconds=st.sampled_from((0, -3600, -30, 30, 3600)), passes=then)
    def set_clock(self, process: str, seconds: int, passes: int) -> None:
        """A process's own clock is wrong by so much from here on."""
        self.world.around.skews[process] = timedelta(seconds=seconds)
        self.drive(passes)

    @rule(fault=purchase_faults, passes=st.sampled_from((2, 4, 8, 16)))
    def spoil_purchase(self, fault: Fault, passes: int) -> None:
        """The next purchase goes wrong."""
        self.world.arm(fault)
        self.drive(passes)

    @rule(fault=st.one_of(cloud_faults, cluster_faults, cluster_faults), passes=then)
    def spoil_call(self, fault: Fault, passes: int) -> None:
        """A call goes wrong a few times."""
        self.world.arm(fault)
        self.drive(passes)

    @rule(passes=then)
    def mend(self, passes: int) -> None:
        """What was to go wrong does not any more."""
        self.world.arm()
        self.drive(passes)
