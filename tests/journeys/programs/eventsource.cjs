// npm eventsource: what a browser has built in, with a fetch that adds the token. It comes back with Last-Event-ID by itself.
const { EventSource } = require("eventsource");
const { address, token } = JSON.parse(process.argv[2]);

const withToken = (input, init) =>
  fetch(input, { ...init, headers: { ...init.headers, Authorization: "Bearer " + token } });
const source = new EventSource(address + "/v1/alerts/stream", { fetch: withToken });
source.addEventListener("position", () => console.log("ready"));
for (const kind of ["alert", "update", "cancel"]) {
  source.addEventListener(kind, (event) => console.log("alert " + JSON.parse(event.data).identifier));
}
source.addEventListener("resync", () => console.log("error resync"));
