"""The wire to the cloud: each call goes out once, as it was signed, and it is known whether it
could arrive."""

from typing import Final

from tests.mutants.catalogue.files import (
    ACCOUNT,
    API_SERVER,
    CONNECTIONS,
    ORDERS_AT_THE_CLOUD,
    PROBE,
    PROXIES,
    PROXY_RULE,
    TRANSPORT,
)
from tests.mutants.mutant import Mutant

ON_THE_WIRE: Final = (
    Mutant(
        name="the nonce is signed into the call",
        fact="the gateway sees the order's nonce as the call's nonce",
        file="adapters/alibaba/session.py",
        old='return {"x-acs-date": date, "x-acs-signature-nonce": self.nonce}',
        new='return {"x-acs-date": date}',
        tests=(f"{ORDERS_AT_THE_CLOUD}::test_the_call_is_signed_as_fixed_beforehand",),
    ),
    Mutant(
        name="a lost purchase is not sent again",
        fact="a call whose answer was lost is not repeated",
        file="adapters/alibaba/session.py",
        old="        return _answered(await self._send(api, parameters, region, way))\n",
        new=(
            "        answer = await self._send(api, parameters, region, way)\n"
            "        if isinstance(answer, Unreachable):\n"
            "            answer = await self._send(api, parameters, region, way)\n"
            "        return _answered(answer)\n"
        ),
        tests=(
            f"{ORDERS_AT_THE_CLOUD}::test_a_lost_answer_proves_nothing_and_the_call_is_not_repeated",
        ),
    ),
    Mutant(
        name="no redirect is followed",
        fact="a redirect is no answer, and does not repeat the purchase at the place that it names",
        file="adapters/alibaba/transport.py",
        old="        allow_redirects=False,\n",
        new="",
        tests=(f"{TRANSPORT}::test_no_redirect_is_followed",),
    ),
    Mutant(
        name="no key from where a redirect leads",
        fact="the credentials SDK sends as all others do, and so follows no redirect",
        file="adapters/alibaba/credentials.py",
        old="TeaCore.async_do_action = staticmethod(_send_once)\n",
        new="",
        tests=(f"{TRANSPORT}::test_no_key_is_fetched_from_where_a_redirect_leads",),
    ),
    Mutant(
        name="a broken connection is not replaced",
        fact="the HTTP client repeats nothing, whatever the method",
        file="adapters/alibaba/transport.py",
        old="        middlewares=(_send_once,),\n",
        new="",
        tests=(f"{TRANSPORT}::test_a_broken_connection_is_not_replaced",),
    ),
    Mutant(
        name="a purchase has a connection of its own",
        fact="the call does not meet a kept connection that the cloud closes just then",
        file="adapters/alibaba/session.py",
        old="_Way(open_session, seconds,",
        new="_Way(self._connections.opened, seconds,",
        tests=(f"{CONNECTIONS}::test_a_purchase_has_a_connection_of_its_own",),
    ),
    Mutant(
        name="no cookie is kept",
        fact="what one service of the cloud said is shown to no other",
        file="adapters/alibaba/transport.py",
        old="        cookie_jar=DummyCookieJar(),\n",
        new="",
        tests=(f"{CONNECTIONS}::test_nothing_is_remembered_of_an_answer",),
    ),
    Mutant(
        name="OSS is sent to once",
        fact="the SDK of OSS repeats nothing either",
        file="adapters/alibaba/storage.py",
        old="        config.http_client = OssSender(self._connections, self._settings.read_timeout_seconds)\n",
        new="",
        tests=(f"{TRANSPORT}::test_a_broken_connection_is_not_replaced",),
    ),
    Mutant(
        name="a redirect is no refusal",
        fact="what a redirect says beside proves nothing about the call",
        file="adapters/alibaba/errors.py",
        old=(
            "    if (\n"
            "        300 <= answer.status < 400\n"
            "        or not isinstance(code, str)\n"
            "        or not _CODE.fullmatch(code)\n"
            '        or code == "None"\n'
            "    ):\n"
        ),
        new='    if not isinstance(code, str) or not _CODE.fullmatch(code) or code == "None":\n',
        tests=(f"{TRANSPORT}::test_no_redirect_is_followed",),
    ),
    Mutant(
        name="OSS takes the same proxy",
        fact="one rule says which proxy a request takes, whichever SDK makes it",
        file="adapters/alibaba/oss_sending.py",
        old="proxy_host=proxy",
        new="proxy_host=None",
        tests=(f"{PROXIES}::test_every_service_obeys_no_proxy",),
    ),
    Mutant(
        name="the metadata service is asked directly",
        fact="no proxy sees the keys of a node's role, or answers with those of its own machine",
        file="adapters/alibaba/proxy.py",
        old="target.host == METADATA_SERVICE or ",
        new="",
        tests=(f"{PROXY_RULE}::test_the_metadata_service_is_always_asked_directly",),
    ),
    Mutant(
        name="the API server is reached directly",
        fact="a proxy that leads out of the cluster does not get the token of the ServiceAccount",
        file="adapters/kubernetes/connection.py",
        old="client_session_kwargs=DIRECT",
        new="",
        tests=(f"{API_SERVER}::test_no_proxy_of_the_environment_is_taken",),
    ),
    Mutant(
        name="a proxy is shown without its password",
        fact="a failure names the proxy by host and port alone",
        file="adapters/alibaba/proxy.py",
        old="""    return f"{f'[{host}]' if ':' in host else host}:{parts.port or PORTS[parts.scheme]}"\n""",
        new="    return proxy\n",
        tests=(f"{PROXIES}::test_a_proxy_is_named_and_its_password_is_not",),
    ),
    Mutant(
        name="nothing sent only before a connection",
        fact="from the moment that there is a connection the purchase may have arrived",
        file="adapters/alibaba/transport.py",
        old="    trace.on_connection_create_end.append(connected)\n",
        new="",
        tests=(TRANSPORT,),
    ),
    Mutant(
        name="a failed question is no fate of the purchase",
        fact="what is refused to the question before the purchase is not taken for a refused purchase",
        file="adapters/alibaba/session.py",
        old=(
            "        return replace(\n"
            '            error, fate="NothingSent"\n'
            "        )  # there is no key, or it is one of another account\n"
        ),
        new="        return error  # there is no key, or it is one of another account\n",
        tests=(
            f"{ORDERS_AT_THE_CLOUD}::test_what_became_of_the_question_before_is_not_the_fate_of_the_purchase",
        ),
    ),
    Mutant(
        name="nothing is bought in another account",
        fact="a key of another account than the order's signs no purchase",
        file="adapters/alibaba/identity.py",
        old="if caller.account_id != self._account_id:",
        new="if False:",
        tests=(f"{ACCOUNT}::test_nothing_is_bought_in_another_account",),
    ),
    Mutant(
        name="a question about the cloud is a read",
        fact="whoever adds a question to `probe` can't buy or change anything by it",
        file="adapters/alibaba/prober.py",
        old="        if api not in READS:\n",
        new="        if False:\n",
        tests=(f"{PROBE}::test_nothing_else_than_reads_can_be_asked",),
    ),
)
