import com.google.auth.oauth2.GoogleCredentials;
import java.io.FileInputStream;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** google-auth-library for Java, unchanged, as a later script of a job has it: prints an access token. */
public final class InteropGoogleClient {
  public static void main(String[] args) throws Exception {
    trust(System.getenv("SSL_CERT_FILE"));
    var scope = "https://www.googleapis.com/auth/cloud-platform";
    System.out.println(GoogleCredentials.getApplicationDefault().createScoped(scope).refreshAccessToken().getTokenValue());
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
