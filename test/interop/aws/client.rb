# The AWS SDK for Ruby, unchanged: says, for each environment that stdin lists, who STS says a program with it is.
#
# Each is asked in a process of its own, forked where the library is loaded and nothing has been read yet.
require "json"
require "aws-sdk-core"

def ask(environment, endpoint)
  read, write = IO.pipe
  child = fork do
    read.close
    ENV.replace(environment)
    Aws.shared_config.fresh(config_enabled: true)
    write.print(Aws::STS::Client.new(endpoint: endpoint).get_caller_identity.arn)
  rescue StandardError => e
    write.print("#{e.class}: #{e.message}")
  ensure
    write.flush
    exit!
  end
  write.close
  answer = read.read
  Process.wait(child)
  answer
end

request = JSON.parse($stdin.read)
print JSON.generate(request["environments"].map { |environment| ask(environment, request["endpoint"]) })
