import { AzurePipelinesService } from './azure-devops/azure-pipelines-service.ts';
import { OrganizationState } from './azure-devops/organization-state.ts';
import { serveAzureDevOpsRest } from './azure-devops/rest/rest-service.ts';
import type { EmulatorUrls, Platforms, ServiceNames, Setup } from './emulator.ts';
import { AccessTokenVerifier } from './entra/access-token-verifier.ts';
import { Directory } from './entra/directory.ts';
import { serveEntra } from './entra/entra-service.ts';
import { GitHubService } from './github/github-service.ts';
import { Accounts } from './iam/accounts.ts';
import { serveIam } from './iam/iam-service.ts';
import { KubernetesService } from './kubernetes/kubernetes-service.ts';
import { serveResources } from './resources/resources-service.ts';
import type { Names } from './server/names.ts';
import { RelyingParty } from './server/relying-party.ts';
import type { Service, World } from './server/service.ts';
import type { TokenIssuer } from './server/token-issuer.ts';
import { type PlatformName, platformNames, platforms } from './services.ts';
import { checkRoles } from './sts/create-role.ts';
import { StsService } from './sts/sts-service.ts';
import { serveTokenServices } from './token-services.ts';

/** What all set-ups of an emulator are served with. */
export interface Place {
  readonly world: World;
  readonly issuers: Readonly<Record<'github' | 'azureDevOps' | 'entra' | 'kubernetes' | PlatformName, TokenIssuer>>;
  readonly urls: EmulatorUrls;
  readonly names: Names;
  readonly hostnames: readonly string[];
  readonly ca: string | undefined;
}

/** The platforms and clouds of one set-up, each with its routes on its own service. */
export class ServedSetup {
  readonly directory: Directory;
  readonly gitHub: GitHubService;
  readonly azurePipelines: AzurePipelinesService;
  readonly organizations: ReadonlyMap<string, OrganizationState>;
  readonly kubernetes: KubernetesService;
  readonly accounts: Accounts;
  readonly sts: StsService;
  readonly platforms: Platforms;
  readonly #services: readonly Service[];

  /** @throws IamProblem, CredentialProblem for a set-up that AWS or Entra would not take */
  constructor(setup: Setup, services: Readonly<Record<ServiceNames, Service>>, place: Place) {
    const { world, issuers, urls, names, hostnames } = place;
    const { tenants = [], organizations = [], accounts = [] } = setup;
    const relyingParty = new RelyingParty(place.ca, names.locate);
    const directory = new Directory(tenants, names.gitHub, world.state);
    const verifier = new AccessTokenVerifier({ directory, relyingParty, world, names });
    checkRoles(accounts, names.gitHub);
    this.#services = Object.values(services);
    this.directory = directory;
    this.platforms = Object.fromEntries(
      platformNames.map((name) => [
        name,
        platforms[name]({ app: services[name].app, url: names[name], issuer: issuers[name], world }),
      ]),
    ) as Platforms;
    const github = { url: urls.github, name: names.gitHub };
    this.gitHub = new GitHubService(services.github.app, issuers.github, world, github);
    issuers.azureDevOps.publish(services.vstoken.app, '/:organization', (path) => names.azureDevOps(path.slice(1)));
    const where = { url: urls.azureDevOps, names };
    this.organizations = new Map(
      organizations.map((one) => [
        one.name.toLowerCase(),
        new OrganizationState(one, directory, () => world.clock.now()),
      ]),
    );
    const states = [...this.organizations.values()];
    const pipelines = new AzurePipelinesService(services.azureDevOps.app, issuers, world, states, where);
    this.azurePipelines = pipelines;
    const access = { states: this.organizations, verifier, jobOf: (token: string) => pipelines.jobOf(token) };
    const rest = { ...access, directory, world, names, azureDevOps: urls.azureDevOps };
    serveAzureDevOpsRest(services.azureDevOps.app, rest);
    const cluster = { name: names.kubernetes, entra: urls.entra };
    this.kubernetes = new KubernetesService(services.kubernetes.app, issuers.kubernetes, world, cluster);
    serveEntra(services.entra.app, { directory, issuer: issuers.entra, relyingParty, world, names, hostnames });
    serveResources(services.resources.app, { directory, verifier, world, urls });
    this.accounts = new Accounts(accounts, world.state);
    const ofAws = { accounts: this.accounts, gitHub: names.gitHub, world };
    this.sts = new StsService(services.sts.app, { ...ofAws, relyingParty });
    serveIam(services.iam.app, { ...ofAws, signerOf: (request) => this.sts.signerOf(request) });
    serveTokenServices(services, setup, { relyingParty, world });
  }

  /** Lets requests in. */
  async ready(): Promise<void> {
    await Promise.all(this.#services.map((service) => service.ready()));
  }

  async close(): Promise<void> {
    await this.kubernetes.close();
    await Promise.all(this.#services.map((service) => service.close()));
  }
}
