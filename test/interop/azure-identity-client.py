"""azure-identity for Python, unchanged, as a later script of a job has it: prints an access token."""
import sys

from azure.identity import DefaultAzureCredential, ManagedIdentityCredential, WorkloadIdentityCredential

credentials = {
    "managed-identity": ManagedIdentityCredential,
    # Client, tenant, authority and file come from the environment; a loopback authority has no discovery of instances.
    "default": lambda: DefaultAzureCredential(disable_instance_discovery=True),
    "workload-identity": lambda: WorkloadIdentityCredential(disable_instance_discovery=True),
}
print(credentials[sys.argv[1]]().get_token("https://management.azure.com/.default").token)
