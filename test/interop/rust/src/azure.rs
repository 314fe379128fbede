use std::env;
use std::error::Error;
use std::sync::Arc;

use azure_core::credentials::TokenCredential;
use azure_identity::{
    AzureCliCredential, AzurePipelinesCredential, ManagedIdentityCredential, WorkloadIdentityCredential,
};

pub async fn token(credential: &str) -> Result<String, Box<dyn Error>> {
    let credential: Arc<dyn TokenCredential> = match credential {
        "azure-cli" => AzureCliCredential::new(None)?,
        "azure-pipelines" => AzurePipelinesCredential::new(
            env::var("AZURE_TENANT_ID")?,
            env::var("AZURE_CLIENT_ID")?,
            &env::var("AZURESUBSCRIPTION_SERVICE_CONNECTION_ID")?,
            env::var("SYSTEM_ACCESSTOKEN")?,
            None,
        )?,
        "managed-identity" => ManagedIdentityCredential::new(None)?,
        "workload-identity" => WorkloadIdentityCredential::new(None)?,
        _ => return Err("no such credential".into()),
    };
    let token = credential.get_token(&["https://management.azure.com/.default"], None).await?;
    Ok(token.token.secret().to_owned())
}
