// npm eventsource on a stream of the hub. Every connection waits until the test says {"go": true}, the first one too.
import { createInterface } from "node:readline";
import { EventSource } from "eventsource";

const say = (said) => process.stdout.write(JSON.stringify(said) + "\n");
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const told = async () => JSON.parse((await lines.next()).value);

const { url, token } = await told();

async function fetchWhenTold(input, options) {
  say({ asks: options.headers["Last-Event-ID"] ?? null });
  await told();
  return fetch(input, { ...options, headers: { ...options.headers, Authorization: `Bearer ${token}` } });
}

const source = new EventSource(url, { fetch: fetchWhenTold });
for (const name of ["alert", "update", "cancel", "position", "resync"]) {
  source.addEventListener(name, (event) => say({ event: name, id: event.lastEventId, data: JSON.parse(event.data) }));
}
source.addEventListener("error", (event) => say({ lost: event.message ?? "", closed: source.readyState === EventSource.CLOSED }));
