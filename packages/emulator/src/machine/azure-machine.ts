import type { FastifyInstance } from 'fastify';
import { serveAppService } from './app-service.ts';
import { serveAzureArc } from './azure-arc.ts';
import { serveImds } from './imds.ts';
import type { Machine, StartedMachine } from './machine.ts';
import type { MachineOptions } from './machine-identities.ts';

/** Serves the endpoint from which a machine of this form gets its tokens. */
export function serveAzureMachine(app: FastifyInstance, machine: Machine, options: MachineOptions): StartedMachine {
  switch (machine.form) {
    case 'app-service':
      return { environment: serveAppService(app, options) };
    case 'azure-arc':
      return { environment: serveAzureArc(app, machine, options) };
    case 'cloud-shell':
      // It would give tokens of whoever is signed in there, by POST.
      return { environment: { MSI_ENDPOINT: `${options.url}/oauth2/token` } };
    default:
      return { environment: serveImds(app, options) };
  }
}
