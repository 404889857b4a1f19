/** Decides what a person is told about processes that Berth did not start on the devices that he would get. */
import type { Offer } from '../../contract/index.js';

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;

/** One warning for each; nobody is kept from a device by it that several may use, or that is a part of a GPU. */
export function strangerWarnings(offers: readonly Offer[], devices: readonly string[]): string[] {
  const given = offers.flatMap(offer => offer.devices).filter(({ id }) => devices.includes(id));
  return given.flatMap(({ title, strangers }) =>
    strangers.map(({ pid, name, memoryBytes }) => {
      const memory = memoryBytes === null ? '' : `, ${memoryWords(memoryBytes)}`;
      return `A process that Berth did not start computes on ${title}: ${name}, pid ${pid}${memory}.`;
    })
  );
}

function memoryWords(bytes: number): string {
  return bytes >= GIB ? `${Math.round(bytes / GIB)} GiB` : `${Math.round(bytes / MIB)} MiB`;
}
