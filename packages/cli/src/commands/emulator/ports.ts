import type { EmulatorConfig } from '@fedbridge/emulator';
import { portNames } from '@fedbridge/emulator';

type Ports = Readonly<Record<(typeof portNames)[number], number>>;

/** The first of them, the page's: the others follow it. None of IANA's registered services is there. */
const first = 4800;

/** Those that the configuration says, and the usual ones: the same each time, so that bookmarks and settings stay good. */
export function portsOf({ ports = {} }: EmulatorConfig): Ports {
  return Object.fromEntries(portNames.map((name, index) => [name, ports[name] ?? first + index])) as Ports;
}

/** Any that are free: what is started for one command is in nobody's way. */
export function anyPorts({ config }: { readonly config: EmulatorConfig }): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.keys(portsOf(config)).map((name) => [name, 0]));
}
