// The scenario of ../../test_clients.py, through the client for Node. Arguments: the address of the API, that of an
// upstream that sends back what it gets, and the toxics with their attributes, as JSON.
"use strict";

const net = require("node:net");
const { Toxiproxy } = require("toxiproxy-node-client");

const anyPort = "127.0.0.1:0";

async function main(address, upstream, toxics) {
  const api = new Toxiproxy(`http://${address}`);
  say("version", JSON.parse(await api.getVersion()).version);

  let one = await api.createProxy({ name: "one", listen: anyPort, upstream });
  say("create", one.name, enabled(one), await through(one));
  say("create again", await refused(api.createProxy({ name: "one", listen: anyPort, upstream })));

  const made = await api.populate([
    { name: "two", listen: anyPort, upstream, enabled: true },
    { name: "three", listen: anyPort, upstream, enabled: false },
  ]);
  for (const name of Object.keys(made)) {
    say("populate", name, enabled(made[name]));
  }

  for (const type of Object.keys(toxics).sort()) {
    const wanted = { type, stream: "upstream", toxicity: 1, attributes: toxics[type] };
    let toxic = await one.addToxic(wanted);
    say("add", written(toxic), await through(one));
    say("add again", await refused(one.addToxic(wanted)));
    toxic = await toxic.update({ toxicity: 0, attributes: {} });
    say("update", written(toxic), await through(one));
    await list(one);
    await toxic.remove();
    await list(one);
    say("remove again", await refused(toxic.remove()));
  }
  say("add nonsense", await refused(one.addToxic({ type: "nonsense", stream: "upstream" })));

  await one.addToxic({ name: "slow", type: "latency", stream: "downstream", attributes: { latency: 1 } });
  one = await one.update({ enabled: false });
  say("disable", enabled(one), await through(one));
  await api.reset();
  one = await api.get("one");
  say("reset", enabled(one), await through(one));
  await list(one);

  const proxies = await api.getAll();
  for (const name of Object.keys(proxies).sort()) {
    say("proxy", name, enabled(proxies[name]));
    await proxies[name].remove();
  }
  say("proxies", Object.keys(await api.getAll()).length);
  say("delete again", await refused(one.remove()));
}

function say(...words) {
  console.log(words.join(" "));
}

function refused(call) {
  return call.then(
    () => "accepted",
    () => "refused",
  );
}

function enabled(proxy) {
  return proxy.enabled ? "enabled" : "disabled";
}

// The client has no call for it, but hands out what it calls with.
async function list(proxy) {
  const { data } = await proxy.api.get(`${proxy.getPath()}/toxics`);
  say("list", ...data.map((toxic) => toxic.name));
}

function written(toxic) {
  const attributes = Object.keys(toxic.attributes).sort();
  const values = attributes.map((name) => `${name}=${toxic.attributes[name]}`);
  return [toxic.name, toxic.type, toxic.stream, toxic.toxicity, ...values].join(" ");
}

// Sends "ping" and tells what came back of it.
function through(proxy) {
  const [host, port] = proxy.listen.split(":");
  return new Promise((resolve) => {
    let answer = "";
    let connected = false;
    const socket = net.connect(Number(port), host, () => {
      connected = true;
      socket.write("ping");
    });
    socket.on("data", (data) => {
      answer += data;
      if (answer.length === 4) {
        socket.destroy();
      }
    });
    socket.on("error", () => {});
    socket.on("close", () => resolve(connected ? `[${answer}]` : "[no connection]"));
  });
}

main(process.argv[2], process.argv[3], JSON.parse(process.argv[4])).catch((error) => {
  console.error(error);
  process.exit(1);
});
