// webstomp-client over ws: an older client, which does not reconnect by itself.
const webstomp = require("webstomp-client");
const { WebSocket } = require("ws");
const { address, token, publish, acknowledges } = JSON.parse(process.argv[2]);

function start() {
  const socket = new WebSocket(address.replace("http", "ws") + "/stomp", ["v10.stomp", "v11.stomp", "v12.stomp"]);
  socket.on("error", () => {});
  const client = webstomp.over(socket, { debug: false, heartbeat: { incoming: 10000, outgoing: 10000 } });
  client.onreceipt = (frame) => {
    if (frame.headers["receipt-id"] === "sent") {
      console.log("published " + frame.headers.identifier);
      client.disconnect(() => process.exit(0));
    } else {
      console.log("ready");
    }
  };
  client.connect(
    { login: "program", passcode: token },
    () => {
      if (publish) {
        const headers = { everyone: "true", "content-type": "application/json", receipt: "sent" };
        client.send("/alerts", publish, headers);
        return;
      }
      const headers = { ack: "client-individual", durable: "webstomp", receipt: "subscribed" };
      client.subscribe(
        "/alerts",
        (message) => {
          console.log("alert " + JSON.parse(message.body).identifier);
          if (acknowledges) client.ack(message.headers.ack);
        },
        headers,
      );
    },
    () => setTimeout(start, 200),
  );
}
start();
