"""The RAM role that Flink works through."""

from collections.abc import Mapping
from datetime import timedelta

from flink_workspace_operator.adapters.alibaba import products, wire
from flink_workspace_operator.adapters.alibaba.session import Api, Session
from flink_workspace_operator.adapters.alibaba.translate import trust_in
from flink_workspace_operator.adapters.sharing import SingleFlights
from flink_workspace_operator.core.facts.failures import AlreadyExists, NotFound
from flink_workspace_operator.core.facts.observed import Absent, Policy, Role


class Roles:
    """RAM roles of one account.

    What is known of one serves all who ask within `max_age`, until we change it.
    """

    def __init__(self, session: Session, max_age: timedelta) -> None:
        self._session = session
        self._max_age = max_age
        self._looks: SingleFlights[str, Role | Absent] = SingleFlights(self._ask)

    async def find_role(self, name: str) -> Role | Absent:
        """A role with its policies."""
        return await self._looks.take(name, self._max_age)

    async def _ask(self, name: str) -> Role | Absent:
        try:
            reply = await self._session.call(products.GET_ROLE, {"RoleName": name})
            role = reply.read(wire.FoundRole).role
            reply = await self._session.call(products.LIST_POLICIES_FOR_ROLE, {"RoleName": name})
        except NotFound:
            return Absent()
        attached = reply.read(wire.PoliciesOfRole).policies.policy
        return Role(
            role.role_name,
            role.arn,
            frozenset(Policy(each.policy_name, each.policy_type) for each in attached),
        )

    async def create_role(self, name: str, trusted_service: str) -> bool:
        """Create a role. Fine if it exists."""
        asked = {
            "RoleName": name,
            "AssumeRolePolicyDocument": trust_in(trusted_service),
            "Description": "Lets Flink work in this account. Created by flink-workspace-operator.",
        }
        return await self._change(name, products.CREATE_ROLE, asked)

    async def attach_policy(self, role: str, policy: Policy) -> bool:
        """Attach a policy. Fine if it is attached."""
        asked = {"RoleName": role, "PolicyType": policy.type, "PolicyName": policy.name}
        return await self._change(role, products.ATTACH_POLICY_TO_ROLE, asked)

    async def _change(self, role: str, api: Api, asked: Mapping[str, str]) -> bool:
        """Whatever the answer says, the change may have been made."""
        try:
            await self._session.call(api, asked)
        except AlreadyExists:
            return False
        finally:
            self._looks.forget(lambda name: name == role)
        return True
