"""google-auth for Python, unchanged, as a later script of a job has it: prints an access token."""
import google.auth
from google.auth.transport.requests import Request

credentials, _ = google.auth.default(scopes=["https://www.googleapis.com/auth/cloud-platform"])
credentials.refresh(Request())
print(credentials.token)
