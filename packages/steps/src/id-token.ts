import { defineStep } from '@fedbridge/step';
import { givenAudience } from './shared-inputs.ts';

/** The step that hands on the job's ID token. */
export const idToken = defineStep({
  name: 'id-token',
  task: { name: 'FedbridgeIdToken', id: '5d8e2c41-3b6f-4a19-b7c0-91e4d2a68f33' },
  title: 'Fedbridge ID token',
  description: 'Get the ID token of this job, for a relying party of your own. No stored secret.',
  serviceConnection: 'optional',
  inputs: {
    audience: {
      type: 'text',
      label: 'Audience',
      decides: true,
      description: 'Who the token is for.',
      on: {
        github:
          "GitHub gives the one that is asked for, for example https://vault.example.com, and without it the owner's URL.",
        'azure-pipelines': givenAudience,
      },
    },
  },
  outputs: {
    idToken: { description: 'The ID token, a secret.' },
    issuer: { description: 'Who signed it.' },
    subject: { description: 'Which job it speaks for.' },
    expiresOn: { description: 'When it expires, ISO 8601 in UTC.' },
  },
  async run({ host, inputs, identity }) {
    const token = await identity.getIdToken(inputs.audience);
    host.setSecretOutput('idToken', token.reveal());
    host.setOutput('issuer', token.issuer);
    host.setOutput('subject', token.subject);
    host.setOutput('expiresOn', new Date(token.expiresAt).toISOString());
    const who = `holding an ID token for ${token.audiences.join(', ')}`;
    return {
      identities: [{ who, expiresAt: token.expiresAt, presented: token.presented }],
      exported: ['output {idToken}'],
    };
  },
});
