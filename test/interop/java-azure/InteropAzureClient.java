import com.azure.core.credential.TokenCredential;
import com.azure.core.credential.TokenRequestContext;
import com.azure.identity.DefaultAzureCredentialBuilder;
import com.azure.identity.ManagedIdentityCredentialBuilder;
import com.azure.identity.WorkloadIdentityCredentialBuilder;
import java.io.FileInputStream;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A program of a user's that uses azure-identity: prints an access token for ARM with what it finds in its environment. */
public final class InteropAzureClient {
  public static void main(String[] args) throws Exception {
    var certificates = System.getenv("SSL_CERT_FILE");
    if (certificates != null) trust(certificates);
    var request = new TokenRequestContext().addScopes("https://management.azure.com/.default");
    System.out.println(credential(args[0]).getTokenSync(request).getToken());
    // Its threads would keep the JVM for a minute.
    System.exit(0);
  }

  /** All but the discovery of instances, which a loopback authority has not, comes from the environment. */
  private static TokenCredential credential(String name) {
    return switch (name) {
      case "default" -> new DefaultAzureCredentialBuilder().disableInstanceDiscovery().build();
      case "workload-identity" -> new WorkloadIdentityCredentialBuilder().disableInstanceDiscovery().build();
      case "managed-identity" -> new ManagedIdentityCredentialBuilder().build();
      default -> throw new IllegalArgumentException(name);
    };
  }

  /** As a trust store with that certificate alone; a JVM reads no file of OpenSSL's form. */
  private static void trust(String file) throws Exception {
    var store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    try (var input = new FileInputStream(file)) {
      store.setCertificateEntry("ca", CertificateFactory.getInstance("X.509").generateCertificate(input));
    }
    var managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    managers.init(store);
    var context = SSLContext.getInstance("TLS");
    context.init(null, managers.getTrustManagers(), null);
    SSLContext.setDefault(context);
  }
}
