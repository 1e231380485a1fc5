//! The stories through the AWS SDK for Rust. Endpoint, region and keys come from the environment.

mod decider;
mod stage;

use std::process::ExitCode;

use stage::{Outcome, Stage};

const STORIES: [&str; 11] = [
    "hello",
    "retry",
    "timer",
    "signal",
    "cancel",
    "child",
    "continue-as-new",
    "long-poll",
    "heartbeat",
    "paging",
    "errors",
];

#[tokio::main]
async fn main() -> ExitCode {
    println!("version: {}", aws_sdk_swf::meta::PKG_VERSION);
    let client = aws_sdk_swf::Client::new(&aws_config::load_from_env().await);
    let domain = std::env::var("SWF_DOMAIN").expect("SWF_DOMAIN must be set");
    let mut code = ExitCode::SUCCESS;
    for name in STORIES {
        let mut stage = Stage::new(client.clone(), format!("{domain}-{name}"));
        match play(&mut stage, name).await {
            Ok(()) => println!("{name}: ok"),
            Err(problem) => {
                println!("{name}: {}", problem.to_string().replace('\n', " "));
                code = ExitCode::FAILURE;
            }
        }
    }
    code
}

/// Plays a story in a domain of its own.
async fn play(stage: &mut Stage, name: &str) -> Outcome {
    stage.register().await?;
    match name {
        "hello" => stage.steps(name, "dwd", "hello after 1").await,
        "retry" => stage.steps(name, "dwdwd", "retry after 2").await,
        "timer" => stage.steps(name, "dd", "the timer fired").await,
        "signal" => stage.steps(name, "dsd", "payload").await,
        "cancel" => stage.cancel().await,
        "child" => stage.child().await,
        "continue-as-new" => stage.continue_as_new().await,
        "long-poll" => stage.long_poll().await,
        "heartbeat" => stage.heartbeat().await,
        "paging" => stage.paging().await,
        _ => stage.errors().await,
    }
}
