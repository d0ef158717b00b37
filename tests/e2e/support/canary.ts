// Servers that nothing may ever reach: they count every connection and every datagram.

import { createSocket } from "node:dgram";
import { createServer, type AddressInfo } from "node:net";

export type Canary = {
  /** Where a skill would send what it has stolen. */
  tcpPort: number;
  udpPort: number;
  /** What arrived, the first line of each. */
  hits: string[];
  stop(): Promise<void>;
};

export async function startCanary(): Promise<Canary> {
  const hits: string[] = [];
  const tcp = createServer((socket) => {
    const hit = hits.push("tcp: connected") - 1;
    socket.on("data", (data) => {
      hits[hit] = `tcp: ${data.toString("latin1").split("\r\n")[0]}`;
      socket.end("HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\nContent-Length: 2\r\n\r\nok");
    });
    socket.on("error", () => undefined);
  });
  const udp = createSocket("udp4", (data) => hits.push(`udp: ${data.length} bytes`));
  await new Promise<void>((resolve) => tcp.listen(0, "127.0.0.1", resolve));
  await new Promise<void>((resolve) => udp.bind(0, "127.0.0.1", resolve));
  return {
    tcpPort: (tcp.address() as AddressInfo).port,
    udpPort: udp.address().port,
    hits,
    async stop() {
      await new Promise((resolve) => udp.close(() => resolve(undefined)));
      await new Promise((resolve) => tcp.close(resolve));
    },
  };
}
