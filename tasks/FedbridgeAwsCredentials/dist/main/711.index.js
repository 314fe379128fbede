export const id = 711;
export const ids = [711];
export const modules = {

/***/ 711:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  Sts: () => (/* binding */ Sts)
});

// EXTERNAL MODULE: ../../node_modules/.pnpm/@aws-sdk+client-sts@3.1169.0/node_modules/@aws-sdk/client-sts/dist-cjs/index.js
var dist_cjs = __webpack_require__(1633);
// EXTERNAL MODULE: ../../packages/core/lib/error.js
var lib_error = __webpack_require__(6968);
// EXTERNAL MODULE: ../../packages/core/lib/http/outbound.js
var outbound = __webpack_require__(6663);
// EXTERNAL MODULE: external "node:util"
var external_node_util_ = __webpack_require__(7975);
;// CONCATENATED MODULE: ../../packages/aws/lib/credentials.js

/** Temporary AWS credentials. Their secrets leave through `reveal()` alone. */
class AwsCredentials {
    #secrets;
    role;
    /** When they end, in ms since 1970-01-01 UTC. */
    expiresAt;
    /** The ID token that they were given for. */
    presented;
    constructor(secrets, facts) {
        this.#secrets = secrets;
        this.role = facts.role;
        this.expiresAt = facts.expiresAt;
        this.presented = facts.presented;
    }
    reveal() {
        return this.#secrets;
    }
    toString() {
        return `AwsCredentials(${this.role.arn})`;
    }
    toJSON() {
        return this.toString();
    }
    [external_node_util_.inspect.custom]() {
        return this.toString();
    }
}

// EXTERNAL MODULE: ../../packages/core/lib/http/answer.js
var answer = __webpack_require__(6329);
;// CONCATENATED MODULE: ../../packages/aws/lib/refusal.js

const provider = ({ issuer }) => issuer.replace(/^https?:\/\//, '');
const trustPolicy = ({ role }, idToken) => {
    const name = provider(idToken);
    const statement = {
        Effect: 'Allow',
        Principal: { Federated: `arn:${role.partition}:iam::${role.accountId}:oidc-provider/${name}` },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: {
            StringEquals: { [`${name}:aud`]: idToken.audiences.join(), [`${name}:sub`]: idToken.subject },
        },
    };
    return `See that ${role.arn} exists and that its trust policy has this statement:\n${JSON.stringify(statement, null, 2)}`;
};
const audience = (request, idToken) => {
    const { azp } = idToken.claims;
    const list = `The IAM OIDC provider ${provider(idToken)} in account ${request.role.accountId} must list the audience ${idToken.audiences.join()}.`;
    if (azp === undefined || idToken.audiences.includes(azp))
        return list;
    return `${list}\nThe token also has azp ${azp}, which STS has been seen to check in place of the audience: list it too, and let the condition on sub be the guard.`;
};
const rules = [
    {
        code: 'InvalidIdentityToken',
        message: /No OpenIDConnect provider/i,
        what: 'the account has no OIDC provider for this issuer',
        kind: 'refused',
        hint: ({ role }, idToken) => `Create the IAM OIDC provider in account ${role.accountId}: URL ${idToken.issuer}, audience ${idToken.audiences.join()}.`,
    },
    {
        code: 'InvalidIdentityToken',
        message: /audience/i,
        what: "the audience is not among the OIDC provider's",
        kind: 'refused',
        hint: audience,
    },
    {
        code: 'InvalidIdentityToken',
        message: /retrieve verification key/i,
        what: "the issuer's keys could not be read in time",
        kind: 'unavailable',
        hint: (_, { issuer }) => `AWS reads ${issuer}/.well-known/openid-configuration from the internet.`,
    },
    {
        code: 'InvalidIdentityToken',
        what: 'the ID token is not valid',
        kind: 'rejected',
        hint: (_, { issuer }) => `See that the IAM OIDC provider is for ${issuer}, to the letter.`,
    },
    {
        code: 'IDPCommunicationError',
        what: 'the issuer could not be reached',
        kind: 'unavailable',
        hint: (_, { issuer }) => `AWS reads ${issuer}/.well-known/openid-configuration from the internet.`,
    },
    {
        code: 'AccessDenied',
        what: 'the role does not trust this job, or does not exist',
        kind: 'refused',
        hint: trustPolicy,
    },
    {
        code: 'ExpiredToken',
        what: 'the ID token has ended',
        kind: 'rejected',
        hint: () => 'The clock of this machine, or of the issuer, is wrong.',
    },
    { code: 'IDPRejectedClaim', what: 'the issuer rejected the claim', kind: 'rejected', hint: trustPolicy },
    {
        code: 'RegionDisabled',
        what: 'STS is not active in this region for the account',
        kind: 'rejected',
        hint: ({ role, region }) => `Activate STS in ${region} in the account settings of ${role.accountId}, or use another region.`,
    },
    {
        code: 'ValidationError',
        message: /DurationSeconds|MaxSessionDuration/i,
        what: 'the role does not allow a session of that length',
        kind: 'rejected',
        hint: ({ role }) => `Ask for less, or raise the maximum session duration of ${role.arn}.`,
    },
    {
        code: 'MalformedPolicyDocument',
        what: 'the session policy is not one that IAM accepts',
        kind: 'rejected',
        hint: () => 'See inline-session-policy (inlineSessionPolicy), and that managed policies exist in the account.',
    },
    {
        code: 'PackedPolicyTooLarge',
        what: 'the session policies are too large together',
        kind: 'rejected',
        hint: () => 'Shorten inline-session-policy (inlineSessionPolicy) or name fewer managed policies.',
    },
    { code: 'Throttling', what: 'it is throttling', kind: 'unavailable', hint: () => 'Fewer jobs at once help.' },
];
const unknown = {
    what: 'the request was not accepted',
    kind: 'rejected',
    hint: () => 'Look the code up in the AWS STS API Reference, AssumeRoleWithWebIdentity.',
};
const errors = {
    refused: { code: 'EXCHANGE_REFUSED', recovery: 'refusal' },
    rejected: { code: 'EXCHANGE_REJECTED', recovery: 'never' },
    unavailable: { code: 'UNAVAILABLE', recovery: 'transient' },
};
/** STS's error, as the SDK gives it, as ours: what its code means here, and what to change. */
function refusal(error, response, request, idToken, now) {
    const later = response && (0,answer/* unavailable */.hU)(response, 'STS', now);
    if (later)
        return later;
    const requestId = error.$metadata?.requestId;
    const status = `HTTP ${response?.status ?? 'none'}`;
    // An answer that is no STS error reaches us as an error of the SDK's parser.
    if (!response || response.status === 200 || error.$fault === undefined || !/^[A-Z]\w{2,63}$/.test(error.name)) {
        return new lib_error/* FedbridgeError */.d('ANSWER_MALFORMED', 'STS answered with something that is not an answer of STS.', {
            answer: status,
            hint: 'A proxy, a firewall or a sign-in page may stand between this machine and STS.',
        });
    }
    // The SDK names some errors after their code alone and some with "Exception" behind it.
    const name = error.name.replace(/Exception$/, '');
    const rule = rules.find(({ code, message }) => code === name && (message?.test(error.message) ?? true));
    const { what, kind, hint } = rule ?? unknown;
    return new lib_error/* FedbridgeError */.d(errors[kind].code, `AWS refused ${request.role.arn}: ${what}.`, {
        presented: idToken.presented,
        answer: [name, status, requestId && /^[\w-]{1,64}$/.test(requestId) ? `request ${requestId}` : '']
            .filter(Boolean)
            .join(', '),
        hint: hint(request, idToken),
        recovery: errors[kind].recovery,
    });
}

;// CONCATENATED MODULE: ../../packages/aws/lib/sts.js




/** STS through the AWS SDK, which speaks the protocol, over our HTTP, which has the time-outs, proxies and bounds. */
class Sts {
    #client;
    #outbound;
    #lastResponse;
    constructor(endpoint, region, outbound) {
        this.#outbound = outbound;
        this.#client = new dist_cjs/* STSClient */.iM({
            endpoint: endpoint.href,
            region,
            requestHandler: { handle: (request) => this.#handle(request) },
            maxAttempts: 1,
            // All that the SDK would otherwise look for in the environment and in ~/.aws.
            credentials: () => Promise.reject(new Error('AssumeRoleWithWebIdentity is not signed.')),
            authSchemePreference: [],
            defaultsMode: 'standard',
            retryMode: 'standard',
            sigv4aSigningRegionSet: [],
            useDualstackEndpoint: false,
            useFipsEndpoint: false,
            userAgentAppId: '',
        });
    }
    /** One attempt. @throws FedbridgeError */
    async assumeRoleWithWebIdentity(request, idToken) {
        this.#lastResponse = undefined;
        try {
            const answer = await this.#client.send(new dist_cjs/* AssumeRoleWithWebIdentityCommand */.WH({
                RoleArn: request.role.arn,
                RoleSessionName: request.sessionName,
                WebIdentityToken: idToken.reveal(),
                DurationSeconds: request.durationSeconds,
                Policy: request.inlinePolicy,
                PolicyArns: request.managedPolicies?.map((arn) => ({ arn })),
            }));
            const credentials = this.#read(answer.Credentials, answer.AssumedRoleUser?.Arn, idToken.presented);
            if (credentials.role.accountId === request.role.accountId)
                return credentials;
            throw new lib_error/* FedbridgeError */.d('EXCHANGE_REJECTED', `STS gave credentials of another account than ${request.role.arn}.`, {
                answer: credentials.role.arn,
                hint: 'They were not delivered. See which service answers at the STS endpoint.',
            });
        }
        catch (error) {
            if (error instanceof lib_error/* FedbridgeError */.d)
                throw error;
            throw refusal(error, this.#lastResponse, request, idToken, this.#outbound.system.now());
        }
    }
    async #handle(request) {
        const { host: _host, 'content-length': _length, ...headers } = request.headers;
        const port = request.port === undefined ? '' : `:${request.port}`;
        const response = await (0,outbound/* send */.t)(this.#outbound, {
            method: request.method === 'GET' ? 'GET' : 'POST',
            url: new URL(`${request.protocol}//${request.hostname}${port}${request.path}`),
            headers,
            body: String(request.body ?? ''),
        });
        this.#lastResponse = response;
        return { response: { statusCode: response.status, headers: response.headers, body: Buffer.from(response.body) } };
    }
    #read(credentials, arn, presented) {
        const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = credentials ?? {};
        for (const secret of [SecretAccessKey, SessionToken])
            if (secret)
                this.#outbound.mask(secret);
        const accountId = /^arn:[a-z-]+:sts::(\d{12}):assumed-role\/.+\/.+$/.exec(arn ?? '')?.[1];
        const expiresAt = Expiration?.getTime() ?? Number.NaN;
        if (!AccessKeyId || !SecretAccessKey || !SessionToken || !arn || !accountId || Number.isNaN(expiresAt)) {
            throw new lib_error/* FedbridgeError */.d('ANSWER_MALFORMED', 'STS answered without credentials.', {
                answer: `HTTP ${this.#lastResponse?.status}`,
                hint: 'A proxy, a firewall or a sign-in page may stand between this machine and STS.',
            });
        }
        return new AwsCredentials({ accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken }, { role: { arn, accountId }, expiresAt, presented });
    }
}


/***/ })

};
