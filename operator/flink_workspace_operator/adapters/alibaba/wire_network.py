"""The network's answers, as far as they are used."""

from flink_workspace_operator.adapters.alibaba.wire import Count, Identifier, Page, Wire


class Vpc(Wire):
    """One VPC."""

    vpc_id: Identifier

    @property
    def id(self) -> str:
        return self.vpc_id


class Vpcs(Wire):
    """The list inside of a page."""

    vpc: list[Vpc]


class VpcsPage(Page):
    """A page of DescribeVpcs."""

    vpcs: Vpcs

    @property
    def rows(self) -> list[Vpc]:
        return self.vpcs.vpc


class VSwitch(Wire):
    """One vSwitch."""

    v_switch_id: Identifier
    vpc_id: Identifier
    zone_id: Identifier
    available_ip_address_count: Count

    @property
    def id(self) -> str:
        return self.v_switch_id


class VSwitches(Wire):
    """The list inside of a page."""

    v_switch: list[VSwitch]


class VSwitchesPage(Page):
    """A page of DescribeVSwitches."""

    v_switches: VSwitches

    @property
    def rows(self) -> list[VSwitch]:
        return self.v_switches.v_switch
