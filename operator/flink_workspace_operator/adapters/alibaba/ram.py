"""The RAM role that Flink works through."""

from flink_workspace_operator.adapters.alibaba import products, wire
from flink_workspace_operator.adapters.alibaba.session import Session
from flink_workspace_operator.adapters.alibaba.translate import trust_in
from flink_workspace_operator.core.facts.failures import AlreadyExists, NotFound
from flink_workspace_operator.core.facts.observed import Absent, Policy, Role


class Roles:
    """RAM roles of one account."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def find_role(self, name: str) -> Role | Absent:
        """A role with its policies."""
        try:
            reply = await self._session.call(products.GET_ROLE, {"RoleName": name})
            role = reply.read(wire.FoundRole).role
            reply = await self._session.call(products.LIST_POLICIES_FOR_ROLE, {"RoleName": name})
        except NotFound:
            return Absent()
        attached = reply.read(wire.PoliciesOfRole).policies.policy
        return Role(
            role.role_name, role.arn, frozenset(Policy(each.policy_name, each.policy_type) for each in attached)
        )

    async def create_role(self, name: str, trusted_service: str) -> bool:
        """Create a role. Fine if it exists."""
        asked = {
            "RoleName": name,
            "AssumeRolePolicyDocument": trust_in(trusted_service),
            "Description": "Lets Flink work in this account. Created by flink-workspace-operator.",
        }
        try:
            await self._session.call(products.CREATE_ROLE, asked)
        except AlreadyExists:
            return False
        return True

    async def attach_policy(self, role: str, policy: Policy) -> bool:
        """Attach a policy. Fine if it is attached."""
        asked = {"RoleName": role, "PolicyType": policy.type, "PolicyName": policy.name}
        try:
            await self._session.call(products.ATTACH_POLICY_TO_ROLE, asked)
        except AlreadyExists:
            return False
        return True
