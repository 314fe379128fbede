# The AWS SDK for Ruby, unchanged, in one program that runs for long: says for each line of stdin who STS says it is.
require "aws-sdk-core"

$stdout.sync = true
client = Aws::STS::Client.new(endpoint: ARGV.fetch(0))
$stdin.each_line { puts client.get_caller_identity.arn }
