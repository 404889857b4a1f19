/** `delaying-proxy.ts LISTEN_PORT HOST PORT DELAY_MS`: passes TCP on to HOST:PORT, every piece and each way DELAY_MS later. */
import { connect, createServer, type Socket } from 'node:net';

const [listenPort = '', host = '', port = '', delayMs = ''] = process.argv.slice(2);

/** Timers of one length fire in the order in which they were set, so pieces stay in order. */
function passOn(from: Socket, to: Socket): void {
  const later = (act: () => void): void => void setTimeout(act, Number(delayMs));
  from.on('data', piece => later(() => to.write(piece)));
  from.on('end', () => later(() => to.end()));
  from.on('error', () => to.destroy());
}

createServer({ allowHalfOpen: true }, client => {
  const server = connect({ host, port: Number(port), allowHalfOpen: true });
  passOn(client, server);
  passOn(server, client);
}).listen(Number(listenPort), '0.0.0.0');
