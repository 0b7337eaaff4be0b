"""Ask each service of the (emulated) cloud once, with the operator's own adapters; say what came."""
import asyncio, os, sys
sys.path.insert(0,"/work/wt-proxy/operator")
from flink_workspace_operator.settings import Settings
from flink_workspace_operator.adapters.alibaba.cloud import AlibabaCloud
async def main():
    c=AlibabaCloud(Settings())
    async def t(n, x):
        try: r=await x; print(n,"OK",str(r)[:100])
        except Exception as e: print(n,type(e).__name__,e)
    await t("sts", c.identify())
    await t("foasconsole", c.list_regions())
    await t("ram", c.find_role("AliyunStreamAsiDefaultRole"))
    await t("oss", c.describe_bucket("cn-hangzhou","flink-emulator-hangzhou",("a/",)))
    await c.close()
asyncio.run(main())
