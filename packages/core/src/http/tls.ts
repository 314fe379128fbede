/** Certificates are verified, whatever `NODE_TLS_REJECT_UNAUTHORIZED` says: an earlier step of the job can set it. */
export const verifying = { keepAlive: true, rejectUnauthorized: true } as const;
