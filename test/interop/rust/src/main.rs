//! Clients of Rust, unchanged, as a later script of a job has them.

mod aws;
mod azure;

use std::env;
use std::process::exit;

#[tokio::main]
async fn main() {
    let words: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let result = match words[..] {
        // Says, for each environment that stdin lists, who STS says a program with it is.
        ["aws-sdks"] => aws::caller_identities(),
        ["aws-sdk", endpoint] => aws::caller_identity(endpoint).await,
        // Says it for each line of stdin, as one program that runs for long.
        ["aws-sdk-again", endpoint] => aws::caller_identity_again(endpoint).await,
        // Prints an access token.
        ["azure", credential] => azure::token(credential).await,
        _ => Err("aws-sdks, aws-sdk ENDPOINT, aws-sdk-again ENDPOINT or azure CREDENTIAL".into()),
    };
    match result {
        Ok(text) => println!("{text}"),
        Err(error) => {
            eprintln!("{error}");
            exit(1);
        }
    }
}
