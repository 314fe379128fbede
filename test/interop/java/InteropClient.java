import com.amazonaws.auth.DefaultAWSCredentialsProviderChain;
import com.amazonaws.client.builder.AwsClientBuilder.EndpointConfiguration;
import com.amazonaws.regions.DefaultAwsRegionProviderChain;
import com.amazonaws.services.securitytoken.AWSSecurityTokenServiceClientBuilder;
import com.amazonaws.services.securitytoken.model.GetCallerIdentityRequest;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.lang.reflect.Field;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.sts.StsClient;

/**
 * An AWS SDK for Java, unchanged: says, for each environment that stdin lists, who STS says a program with it is.
 *
 * <p>A JVM has one environment for good and takes a second to start; so it is changed under it, which needs
 * --add-opens java.base/java.lang=ALL-UNNAMED --add-opens java.base/java.util=ALL-UNNAMED.
 */
public final class InteropClient {
  public static void main(String[] args) throws Exception {
    ObjectMapper mapper = new ObjectMapper();
    JsonNode request = mapper.readTree(System.in);
    String endpoint = request.get("endpoint").asText();
    String home = System.getProperty("user.home");
    List<String> answers = new ArrayList<>();
    for (JsonNode environment : request.get("environments")) {
      Map<String, String> variables = environment();
      variables.clear();
      environment.fields().forEachRemaining(one -> variables.put(one.getKey(), one.getValue().asText()));
      // The JVM has it from the list of users, which on a real machine has what HOME has.
      System.setProperty("user.home", variables.getOrDefault("HOME", home));
      try {
        answers.add(args[0].equals("v1") ? callerIdentityV1(endpoint) : callerIdentityV2(endpoint));
      } catch (Exception error) {
        answers.add(error.toString());
      }
    }
    System.out.println(mapper.writeValueAsString(answers));
  }

  private static String callerIdentityV1(String endpoint) {
    var sts =
        AWSSecurityTokenServiceClientBuilder.standard()
            // The very chain that a client has by default, but not the one instance that remembers its last answer.
            .withCredentials(new DefaultAWSCredentialsProviderChain())
            .withEndpointConfiguration(
                new EndpointConfiguration(endpoint, new DefaultAwsRegionProviderChain().getRegion()))
            .build();
    try {
      return sts.getCallerIdentity(new GetCallerIdentityRequest()).getArn();
    } finally {
      sts.shutdown();
    }
  }

  private static String callerIdentityV2(String endpoint) {
    try (StsClient sts = StsClient.builder().endpointOverride(URI.create(endpoint)).build()) {
      return sts.getCallerIdentity().arn();
    }
  }

  @SuppressWarnings("unchecked")
  private static Map<String, String> environment() throws ReflectiveOperationException {
    Map<String, String> unmodifiable = System.getenv();
    Field modifiable = unmodifiable.getClass().getDeclaredField("m");
    modifiable.setAccessible(true);
    return (Map<String, String>) modifiable.get(unmodifiable);
  }
}
