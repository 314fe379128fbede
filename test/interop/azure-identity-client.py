"""azure-identity for Python, unchanged, as a later script of a job has it: prints an access token."""
import os
import sys

from azure.identity import ManagedIdentityCredential, WorkloadIdentityCredential

credentials = {
    "managed-identity": ManagedIdentityCredential,
    # Client, tenant, authority and file come from the environment; a loopback authority has no discovery of instances.
    "workload-identity": lambda: WorkloadIdentityCredential(disable_instance_discovery=True),
}
print(credentials[sys.argv[1]]().get_token("https://management.azure.com/.default").token)
