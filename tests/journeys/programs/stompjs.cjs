// @stomp/stompjs, as a browser or Node program would use it: reconnects by itself, acknowledges each message.
const { Client } = require("@stomp/stompjs");
const { WebSocket } = require("ws");
const { address, token, publish, acknowledges } = JSON.parse(process.argv[2]);

const client = new Client({
  brokerURL: address.replace("http", "ws") + "/stomp",
  connectHeaders: { login: "program", passcode: token },
  webSocketFactory: () => new WebSocket(address.replace("http", "ws") + "/stomp", ["v12.stomp"]),
  heartbeatIncoming: 10000,
  heartbeatOutgoing: 10000,
  reconnectDelay: 200,
  onStompError: (frame) => console.log("error " + frame.headers.problem),
  onConnect: () => {
    if (publish) {
      client.watchForReceipt("sent", (frame) => {
        console.log("published " + frame.headers.identifier);
        client.deactivate().then(() => process.exit(0));
      });
      const headers = { everyone: "true", "content-type": "application/json", receipt: "sent" };
      client.publish({ destination: "/alerts", headers, body: publish });
      return;
    }
    const headers = { ack: "client-individual", durable: "stompjs", receipt: "subscribed" };
    client.watchForReceipt("subscribed", () => console.log("ready"));
    client.subscribe(
      "/alerts",
      (message) => {
        console.log("alert " + JSON.parse(message.body).identifier);
        if (acknowledges) message.ack();
      },
      headers,
    );
  },
});
client.activate();
