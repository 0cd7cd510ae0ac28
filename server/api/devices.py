"""`/v1/devices` and the enrolment that makes them."""

from __future__ import annotations

import math

from server.api.handler import ApiHandler
from server.api.operation import ADMINS, EVERYBODY, VIEWERS, Answer, Body, operation
from server.api.types import (
    DeviceAnswer,
    DeviceChange,
    DeviceList,
    EnrolmentAnswer,
    EnrolmentBody,
    EnrolmentCodeAnswer,
    EnrolmentCodeBody,
    time_of,
)
from server.store.records import DeviceRow

TAG = "devices"


class EnrolmentCodesHandler(ApiHandler):
    """One-time codes."""

    @operation(
        summary="Make an enrolment code",
        roles=ADMINS,
        body=Body(EnrolmentCodeBody),
        answers={201: Answer("The code, shown this once.", EnrolmentCodeAnswer)},
        problems=("body-invalid", "content-invalid", "unknown-area"),
        tag=TAG,
    )
    async def post(self) -> None:
        """A code that enrols one device, once: give it to a health worker with the hub's address."""
        asked = self.read_body(EnrolmentCodeBody)
        expires = self.hub.now() + asked.valid_seconds
        code = await self.hub.make_enrolment_code(
            areas=asked.areas,
            roles=asked.roles,
            languages=asked.languages,
            name=asked.name,
            valid_s=asked.valid_seconds,
        )
        self.answer(EnrolmentCodeAnswer(code=code, expires=time_of(expires)), 201)


class EnrolmentsHandler(ApiHandler):
    """Enrolments."""

    @operation(
        summary="Enrol a device",
        roles=EVERYBODY,
        body=Body(EnrolmentBody),
        answers={
            201: Answer(
                "The device and its credential, shown this once.",
                EnrolmentAnswer,
                links={("get-devices-device", "device"): "device", ("patch-devices-device", "device"): "device"},
            )
        },
        problems=("body-invalid", "content-invalid", "enrolment-code-invalid", "rate-limited"),
        tag=TAG,
    )
    async def post(self) -> None:
        """Enrol a device with a one-time code. The code is the credential; wrong ones are counted, and too many are refused
        for a while. Areas and roles are the code's; name and languages too, where it has any."""
        asked = self.read_body(EnrolmentBody)
        address, tries = str(self.request.remote_ip), self.api.enrolment_tries
        wait = tries.take(address, self.hub.clock.monotonic())
        if wait is not None:
            self.refuse("rate-limited", "too many wrong enrolment codes from this address", retry_after=math.ceil(wait))
        enrolled = await self.hub.enrol(asked.code, name=asked.name, languages=asked.languages)
        tries.give_back(address)
        self.answer(EnrolmentAnswer.of(enrolled), 201)


class DevicesHandler(ApiHandler):
    """All devices."""

    @operation(summary="List devices", roles=VIEWERS, answers={200: Answer("All devices.", DeviceList)}, tag=TAG)
    async def get(self) -> None:
        """All devices, the revoked ones too, with when they were last heard and how far they have the log."""
        rows = await self.hub.devices()
        self.answer(DeviceList(devices=tuple(self.described(row) for row in rows)))

    def described(self, row: DeviceRow) -> DeviceAnswer:
        """A device as it is answered."""
        return DeviceAnswer.of(row, connected=self.api.is_connected(row.device))


class DeviceHandler(DevicesHandler):
    """One device."""

    @operation(
        summary="Fetch a device",
        roles=VIEWERS,
        answers={200: Answer("The device.", DeviceAnswer)},
        problems=("unknown-device",),
        tag=TAG,
    )
    async def get(self, device: str) -> None:  # type: ignore[override]
        """A device, revoked or not."""
        self.answer(self.described(await self.hub.device(device)))

    @operation(
        summary="Change a device",
        roles=ADMINS,
        body=Body(DeviceChange),
        answers={200: Answer("The device as it is now.", DeviceAnswer)},
        problems=("body-invalid", "content-invalid", "unknown-device", "unknown-area"),
        tag=TAG,
    )
    async def patch(self, device: str) -> None:
        """Move a device to other areas, give it other roles, set its languages or its name. What is in force for it then
        reaches it; what no longer is for it is marked so on it."""
        asked = self.read_body(DeviceChange)
        row = await self.hub.change_device(
            device, areas=asked.areas, roles=asked.roles, languages=asked.languages, name=asked.name
        )
        self.answer(self.described(row))

    @operation(
        summary="Revoke a device",
        roles=ADMINS,
        answers={204: Answer("The device's credential holds no more, and its connections are closed.")},
        problems=("unknown-device",),
        tag=TAG,
    )
    async def delete(self, device: str) -> None:
        """End a device's credential. The device stays in the list, with the time of its revocation; to come back it enrols
        anew. A second time does nothing."""
        await self.hub.revoke_device(device)
        self.set_status(204)
        self.finish()
