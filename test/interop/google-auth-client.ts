/** google-auth-library, unchanged, as a later script of a job has it: prints an access token. */
import { GoogleAuth } from 'google-auth-library';

const auth = new GoogleAuth({ scopes: ['https://www.googleapis.com/auth/cloud-platform'] });
console.log(await auth.getAccessToken());
