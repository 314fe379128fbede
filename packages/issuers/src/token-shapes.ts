import { remembered } from '@fedbridge/core/remembered';
import { azureDevOps } from './azure-devops.ts';
import { bitbucket } from './bitbucket.ts';
import { buildkite } from './buildkite.ts';
import { circleCi } from './circleci.ts';
import { customerFormsAt } from './customer-services.ts';
import { entra } from './entra.ts';
import { gitHub, gitHubIssuer, gitHubServiceOf } from './github.ts';
import { gitHubShapes } from './github-shapes.ts';
import { saidBy } from './github-subject-shapes.ts';
import { gitLab } from './gitlab.ts';
import { google } from './google.ts';
import { googleShapes } from './google-shapes.ts';
import { issuerOf } from './issuers.ts';
import { kubernetes } from './kubernetes.ts';
import { loginServices } from './login-services.ts';
import { azureDevOpsShapes, entraShapes } from './microsoft-shapes.ts';
import { bitbucketShapes, buildkiteShapes, circleCiShape, gitLabShapes, terraformShapes } from './runner-shapes.ts';
import { sharedFormsAt } from './shared-services.ts';
import { customerShapes, directoryShape, loginShapes, sharedShapes } from './shared-shapes.ts';
import { terraformCloud } from './terraform-cloud.ts';
import { anyLists, anything, field, type Language, optional, shapeOf, type TokenShape, text } from './token-shape.ts';
import { userDirectoryAt } from './user-directories.ts';

/** What somebody asks about tokens. */
export interface Asked {
  /** Texts and patterns that subjects are compared with. */
  readonly subjects: readonly string[];
  /** Further claims of which something is demanded. */
  readonly tested: readonly string[];
}

/**
 * All tokens that an issuer signs, a form each. Of one that is not known nothing is said but that it has a subject and an audience.
 *
 * @param subject - of a token or a policy, by which an issuer with an address of its own is told
 * @param asked - by which claims are found that must agree with a subject in any order
 */
export function tokenShapesOf(iss: string, subject?: string, asked?: Asked): readonly TokenShape[] {
  if (!issuerOf(iss)) return allShapesOf(iss, subject, nothingSaid);
  const { subjects = [], tested = [] } = gitHub.is(iss) ? (asked ?? {}) : {};
  const said = JSON.stringify(saidBy(subjects, tested));
  return (said === nothingSaid ? usual : special)(`${iss} ${said}`);
}

const nothingSaid = JSON.stringify(saidBy([], []));

/** The same ones again: what is made of them once serves for all questions. */
const usual = remembered(shapesSaid);
/** Of what few subjects say: as much is made of each. */
const special = remembered(shapesSaid, 8);

function shapesSaid(text: string): readonly TokenShape[] {
  const at = text.indexOf(' ');
  return allShapesOf(text.slice(0, at), undefined, text.slice(at + 1));
}

function allShapesOf(iss: string, subject: string | undefined, said: string): readonly TokenShape[] {
  const users = usersShapesOf(iss);
  if (users) return users.flatMap(withAndWithoutAzp);
  const shapes = shapesOf(iss, subject, said);
  // A subject in a policy says what somebody expects, not that the issuer signs nothing else.
  const all = issuerOf(iss) || shapes.includes(unknownShape) ? shapes : [...shapes, unknownShape];
  return all.flatMap(withAndWithoutAzp);
}

/** Of who signs for the users of applications, and not for jobs; undefined for all others. */
function usersShapesOf(iss: string): readonly TokenShape[] | undefined {
  const login = issuerOf(iss) ? undefined : loginServices.find(({ host }) => iss === `https://${host}`);
  if (login) return loginShapes(login);
  const directory = userDirectoryAt(iss);
  return directory && [directoryShape(directory)];
}

/** A token's `azp` counts before its `aud`, so that those that may have one are two forms. */
function withAndWithoutAzp(shape: TokenShape): readonly TokenShape[] {
  const { azp, ...fields } = shape.fields;
  const { azp: _, ...claims } = shape.claims;
  if (!azp?.optional) return [shape];
  const { language, example } = azp;
  // With it a token may have several audiences, which STS denies without.
  const { aud: __, ...lists } = shape.lists ?? {};
  return [
    { ...shape, fields: { ...shape.fields, azp: { language, example } } },
    { ...shape, lists, fields, claims },
  ];
}

function shapesOf(iss: string, subject: string | undefined, said: string): readonly TokenShape[] {
  const issuer = issuerOf(iss, subject);
  if (issuer === gitHub) return iss === gitHubIssuer ? gitHubShapes(said) : gitHubShapesOf(iss, said).map(ofOneOwner);
  if (issuer === azureDevOps) return azureDevOpsShapes;
  if (issuer === entra) return entraShapes(iss);
  if (issuer === gitLab) return issuer.sharedByStrangers(iss) ? gitLabShapes : gitLabShapes.map(ofOneOwner);
  if (issuer === terraformCloud)
    return issuer.sharedByStrangers(iss) ? terraformShapes : terraformShapes.map(ofOneOwner);
  if (issuer === buildkite) return buildkiteShapes;
  if (issuer === google) return googleShapes;
  if (issuer === circleCi) return [circleCiShape(iss)];
  if (issuer === bitbucket) return bitbucketShapes;
  const ofCustomer = customerFormsAt(iss);
  if (ofCustomer) return customerShapes(ofCustomer);
  const shared = sharedFormsAt(iss);
  if (shared) return sharedShapes(shared, issuer?.ownerClaims.some(({ claim }) => claim === 'aud') === true);
  return issuer === kubernetes ? [kubernetesShape] : [unknownShape];
}

/** An address of its own, an enterprise's or a server's, signs for nobody else. */
const ofOneOwner = (shape: TokenShape): TokenShape => ({ ...shape, owner: [] });

/** A server of before 3.19 writes colons in values as they are [GitHub Docs, OpenID Connect reference]. */
const unescapedShape = shapeOf([{ field: 'subject' }], {
  subject: field(anything, 'repo:stranger/anything:ref:refs/heads/main'),
});

const gitHubShapesOf = (iss: string, said: string) =>
  gitHubServiceOf(iss) === 'server' ? [...gitHubShapes(said), unescapedShape] : gitHubShapes(said);

/** A DNS subdomain name [RFC 1123]. */
const kubernetesName: Language = {
  sequence: [{ chars: 'a-z0-9' }, { many: { sequence: [{ chars: '.-' }, { chars: 'a-z0-9' }] } }],
};
const kubernetesShape = shapeOf(['system:serviceaccount:', { field: 'namespace' }, ':', { field: 'account' }], {
  namespace: field(kubernetesName, 'anything'),
  account: field(kubernetesName, 'anything'),
});

const unknownShape: TokenShape = {
  ...shapeOf(
    [{ field: 'subject' }],
    { subject: field(text, 'anything') },
    { others: { azp: optional(anything, 'anything'), email: optional(text, 'stranger@example.com') } },
  ),
  lists: anyLists,
  isOpen: true,
};
