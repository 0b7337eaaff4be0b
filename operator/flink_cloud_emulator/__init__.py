"""A stand-in for Alibaba Cloud on one machine, for trying the operator out and for its tests.

It speaks the wire protocols of the official SDKs and shares no code with the operator, so that a
misunderstanding of the protocol cannot hide on both sides. A request flows like this::

    server ─► dispatch ─► door (rpc_door: RAM, STS, VPC, foasconsole, BSS; oss.door: OSS) ─► a
    service's actions
                 │           recognise, admit (signature, date, nonce), authorise, process
                 └─ faults, call log, Date header

What a service knows about one account stands in its ``state`` module; ``accounts`` holds them
together. Tests and people move things from outside through ``control`` (``/_emulator/...``).
"""
