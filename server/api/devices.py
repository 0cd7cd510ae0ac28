"""`/v1/devices` and the enrolment that makes them."""

from __future__ import annotations

import math

from server.api.handler import ApiHandler
from server.api.operation import ADMINS, EVERYBODY, VIEWERS, Answer, Body, operation
from server.api.types import (
    DeviceAnswer,
    DeviceChange,
    DeviceList,
    DevicesQuery,
    EnrolmentAnswer,
    EnrolmentBody,
    EnrolmentCodeAnswer,
    EnrolmentCodeBody,
    time_of,
)
from server.places.moving import Chosen
from server.scope import check_may_have
from server.store.areas import check_areas
from server.store.records import DeviceRow

TAG = "devices"


class EnrolmentCodesHandler(ApiHandler):
    """One-time codes."""

    @operation(
        summary="Make an enrolment code",
        roles=ADMINS,
        body=Body(EnrolmentCodeBody),
        answers={201: Answer("The code, shown this once.", EnrolmentCodeAnswer)},
        problems=("body-invalid", "content-invalid", "unknown-area", "outside-areas"),
        tag=TAG,
    )
    async def post(self) -> None:
        """A code that enrols one device, once: give it to a health worker with the hub's address."""
        asked = self.read_body(EnrolmentCodeBody)
        check_may_have(self.credential.areas, asked.areas)
        expires = self.hub.now() + asked.valid_seconds
        code = await self.hub.make_enrolment_code(
            areas=asked.areas,
            roles=asked.roles,
            languages=asked.languages,
            name=asked.name,
            valid_s=asked.valid_seconds,
            by=self.credential.name,
        )
        reports = await self.hub.read(lambda db: check_areas(db, asked.areas))
        self.answer(EnrolmentCodeAnswer(code=code, expires=time_of(expires), reports=reports), 201)


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

    @operation(
        summary="List devices",
        roles=VIEWERS,
        query=DevicesQuery,
        answers={200: Answer("The devices.", DeviceList)},
        tag=TAG,
    )
    async def get(self) -> None:
        """All devices, the revoked ones too, with when they were last heard and how far they have the log; or those in some
        areas, with some roles, with some words in what they are called."""
        asked = self.query
        assert isinstance(asked, DevicesQuery), "the operation says so"
        rows = [row for row in await self.api.reading.devices(self.credential) if _is_asked_for(row, asked)]
        listed = tuple(self.described(row) for row in rows[: asked.limit])
        self.answer(DeviceList(devices=listed, total=len(rows)))

    def described(self, row: DeviceRow) -> DeviceAnswer:
        """A device as it is answered."""
        return DeviceAnswer.of(row, connected=self.api.is_connected(row.device))


def _is_asked_for(row: DeviceRow, asked: DevicesQuery) -> bool:
    if asked.revoked is not None and asked.revoked != (row.revoked_at is not None):
        return False
    text = asked.text.strip().casefold()
    if text and not any(text in (one or "").casefold() for one in (row.name, row.device, row.reference, row.phone)):
        return False
    return Chosen((), asked.area, asked.role).has(row)


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
        self.answer(self.described(await self.api.reading.device(self.credential, device)))

    @operation(
        summary="Change a device",
        roles=ADMINS,
        body=Body(DeviceChange),
        answers={200: Answer("The device as it is now.", DeviceAnswer)},
        problems=(
            "body-invalid",
            "content-invalid",
            "unknown-device",
            "unknown-area",
            "contact-invalid",
            "outside-areas",
        ),
        tag=TAG,
    )
    async def patch(self, device: str) -> None:
        """Move a device to other areas, give it other roles, set its languages, its name, supervisor or phone. What is in force
        for it then reaches it; what no longer is for it is marked so on it."""
        asked = self.read_body(DeviceChange)
        await self._check_decides(device, asked.areas)
        row = await self.hub.change_device(
            device,
            areas=asked.areas,
            roles=asked.roles,
            languages=asked.languages,
            name=asked.name,
            supervisor=asked.supervisor,
            phone=asked.phone,
            by=self.credential.name,
        )
        self.answer(self.described(row))

    @operation(
        summary="Revoke a device",
        roles=ADMINS,
        answers={204: Answer("The device's credential holds no more, and its connections are closed.")},
        problems=("unknown-device", "outside-areas"),
        tag=TAG,
    )
    async def delete(self, device: str) -> None:
        """End a device's credential. The device stays in the list, with the time of its revocation; to come back it enrols
        anew. A second time does nothing."""
        await self._check_decides(device)
        await self.hub.revoke_device(device, self.credential.name)
        self.set_status(204)
        self.finish()

    async def _check_decides(self, device: str, new_areas: tuple[str, ...] | None = None) -> None:
        """That whoever asks may decide about a device, and move it there. Raises UnknownDeviceError, OutOfAreasError."""
        row = await self.api.reading.device(self.credential, device)
        check_may_have(self.credential.areas, row.areas)
        if new_areas is not None:
            check_may_have(self.credential.areas, new_areas)
