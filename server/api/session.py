"""`/v1/session`: signing in and out, and one's own account."""

from __future__ import annotations

from server.accounts import cookies
from server.accounts.sessions import Begun
from server.api.handler import ApiHandler
from server.api.operation import EVERYBODY, VIEWERS, Answer, Body, operation
from server.api.people_types import (
    FirstAnswer,
    FirstBody,
    InvitationBody,
    OwnChange,
    OwnSession,
    PasswordBody,
    SessionAnswer,
    SessionList,
    SignedOut,
    SignInBody,
)
from server.api.types import time_of
from server.store.people import PersonChange
from server.store.sessions import Session

TAG = "people"
COOKIE = {"Set-Cookie": "The session, for the browser alone (HttpOnly)."}
SIGNED_IN = Answer("Who has signed in, and what changes carry.", SessionAnswer, headers=COOKIE)


class _Signing(ApiHandler):
    """What begins a session."""

    @property
    def address(self) -> str:
        """From where."""
        return str(self.request.remote_ip)

    @property
    def agent(self) -> str:
        """With what."""
        return self.request.headers.get("User-Agent", "")

    @property
    def cookie(self) -> str | None:
        """The secret of the session that the browser had so far."""
        return cookies.read(self.request.headers, self.api.settings)

    def let_in(self, begun: Begun) -> None:
        """Answer the new session, with its cookie."""
        self.set_header("Set-Cookie", cookies.written(begun.secret, self.api.settings))
        said = SessionAnswer.of(begun.session.credential, begun.session, cookies.csrf_token(begun.secret))
        self.answer(said, 201)

    def own(self) -> Session:
        """The session that asks; refuses where a token does."""
        if self.session is None:
            self.refuse("no-session", "this is about a session, and a token has none")
        return self.session


class SessionHandler(_Signing):
    """The session of who asks."""

    @operation(
        summary="Say who asks",
        roles=VIEWERS,
        answers={200: Answer("Who asks.", SessionAnswer)},
        tag=TAG,
    )
    async def get(self) -> None:
        """Who the cookie or the token is, and the token that changes with the cookie must carry."""
        secret = self.cookie if self.session is not None else None
        self.answer(SessionAnswer.of(self.credential, self.session, cookies.csrf_token(secret) if secret else ""))

    @operation(
        summary="Sign in",
        roles=EVERYBODY,
        body=Body(SignInBody),
        answers={201: SIGNED_IN},
        problems=("content-invalid", "sign-in-refused", "rate-limited"),
        tag=TAG,
    )
    async def post(self) -> None:
        """Begin a session with name and password. It has a new secret each time; the one that the browser had before ends. Wrong
        ones are counted by address and by name, and too many are refused for a while."""
        asked = self.read_body(SignInBody)
        signing_in = self.api.accounts.signing_in
        self.let_in(await signing_in.sign_in(asked.name, asked.password, self.address, self.agent, self.cookie))

    @operation(
        summary="Set one's own language",
        roles=VIEWERS,
        body=Body(OwnChange),
        answers={200: Answer("The session as it is now.", SessionAnswer)},
        problems=("content-invalid", "no-session", "csrf-refused"),
        tag=TAG,
    )
    async def patch(self) -> None:
        """The language in which the console speaks to who asks, wherever they sign in."""
        asked, name = self.read_body(OwnChange), self.own().credential.name
        await self.api.accounts.people.change(name, PersonChange(language=asked.language), by=name)
        secret = self.cookie or ""
        session = await self.api.accounts.sessions.find(secret)
        self.answer(SessionAnswer.of(self.credential, session, cookies.csrf_token(secret)))

    @operation(
        summary="Sign out",
        roles=VIEWERS,
        answers={204: Answer("The session is over.", headers=COOKIE)},
        problems=("no-session", "csrf-refused"),
        tag=TAG,
    )
    async def delete(self) -> None:
        """End the session that asks."""
        await self.api.accounts.sessions.end(self.own())
        self.forget_cookie()
        self.set_status(204)
        self.finish()


class OwnPasswordHandler(_Signing):
    """The password of who asks."""

    @operation(
        summary="Change one's own password",
        roles=VIEWERS,
        body=Body(PasswordBody),
        answers={201: SIGNED_IN},
        problems=(
            *("content-invalid", "no-session", "csrf-refused", "sign-in-refused", "password-refused", "rate-limited"),
        ),
        tag=TAG,
    )
    async def put(self) -> None:
        """Set another password. All sessions end, and a new one begins for who asks."""
        asked, session = self.read_body(PasswordBody), self.own()
        changed = await self.api.accounts.signing_in.change_password(
            session, asked.password, asked.new_password, self.address, self.agent
        )
        self.let_in(changed)


class SessionsHandler(_Signing):
    """All sessions of who asks."""

    @operation(
        summary="List one's own sessions",
        roles=VIEWERS,
        answers={200: Answer("The sessions that hold.", SessionList)},
        problems=("no-session",),
        tag=TAG,
    )
    async def get(self) -> None:
        """Where who asks is signed in."""
        own = self.own()
        found = await self.api.accounts.sessions.running(own.credential.name)
        self.answer(SessionList(sessions=tuple(_listed(one, own) for one in found)))

    @operation(
        summary="Sign out everywhere",
        roles=VIEWERS,
        answers={200: Answer("How many sessions were ended.", SignedOut, headers=COOKIE)},
        problems=("no-session", "csrf-refused"),
        tag=TAG,
    )
    async def delete(self) -> None:
        """End all sessions of who asks, this one too."""
        name = self.own().credential.name
        ended = await self.api.accounts.sessions.end_all(name, name, "signed out everywhere")
        self.forget_cookie()
        self.answer(SignedOut(ended=ended))


class InvitationsHandler(_Signing):
    """Codes with which a password is set."""

    @operation(
        summary="Set a password with a code",
        roles=EVERYBODY,
        body=Body(InvitationBody),
        answers={201: SIGNED_IN},
        problems=("content-invalid", "invitation-invalid", "password-refused", "rate-limited"),
        tag=TAG,
    )
    async def post(self) -> None:
        """Set the first password of an account, or another where an administrator has taken the old one away, and sign in. The
        code works once."""
        asked = self.read_body(InvitationBody)
        self.let_in(
            await self.api.accounts.signing_in.accept(
                *(asked.name, asked.code, asked.password, self.address, self.agent, self.cookie)
            )
        )


class FirstPersonHandler(_Signing):
    """The first account."""

    @operation(
        summary="Say whether the first account is to be made",
        roles=EVERYBODY,
        answers={200: Answer("Whether it is.", FirstAnswer)},
        tag=TAG,
    )
    async def get(self) -> None:
        """Whether nobody has an account yet."""
        self.answer(FirstAnswer(needed=await self.api.accounts.signing_in.setup_code() is not None))

    @operation(
        summary="Make the first account",
        roles=EVERYBODY,
        body=Body(FirstBody),
        answers={201: SIGNED_IN},
        problems=("content-invalid", "name-taken", "setup-code-invalid", "password-refused", "rate-limited"),
        tag=TAG,
    )
    async def post(self) -> None:
        """Make the first account, an administrator of the whole hub, and sign in. It needs the code that the hub has printed
        at its start, and works until there is an account."""
        asked = self.read_body(FirstBody)
        self.let_in(
            await self.api.accounts.signing_in.first(
                *(asked.code, asked.name, asked.password, asked.language, self.address, self.agent, self.cookie)
            )
        )


def _listed(one: Session, own: Session) -> OwnSession:
    times = {"began_at": time_of(one.began_at), "seen_at": time_of(one.seen_at)}
    return OwnSession(id=one.id, address=one.address, agent=one.agent, is_this=one.id == own.id, **times)
