// One round of messages by the C client: client PORT CA_FILE SEED_FILE [token T | user U P | key K]
//
// CA_FILE is - for a connection in clear. Exits with 1 and the library's words when something fails.

#include <nats/nats.h>
#include <stdio.h>
#include <string.h>

static natsStatus credentials(natsOptions *options, int count, char **words, const char *seed) {
    if (count < 2) return NATS_OK;
    if (strcmp(words[0], "token") == 0) return natsOptions_SetToken(options, words[1]);
    if (strcmp(words[0], "key") == 0) return natsOptions_SetNKeyFromSeed(options, words[1], seed);
    return natsOptions_SetUserInfo(options, words[1], count > 2 ? words[2] : "");
}

static natsStatus secure(natsOptions *options, const char *authority) {
    if (strcmp(authority, "-") == 0) return NATS_OK;
    natsStatus status = natsOptions_SetSecure(options, true);
    if (status == NATS_OK) status = natsOptions_LoadCATrustedCertificates(options, authority);
    return status;
}

static natsStatus talk(natsConnection *connection) {
    natsSubscription *one = NULL;
    natsSubscription *group = NULL;
    natsMsg *message = NULL;
    natsStatus status = natsConnection_SubscribeSync(&one, connection, "c.>");
    if (status == NATS_OK) status = natsConnection_QueueSubscribeSync(&group, connection, "c.orders", "workers");
    for (int i = 0; i < 100 && status == NATS_OK; i++)
        status = natsConnection_PublishString(connection, "c.orders", "buy");
    for (int i = 0; i < 100 && status == NATS_OK; i++) {
        status = natsSubscription_NextMsg(&message, one, 5000);
        if (status == NATS_OK && strncmp(natsMsg_GetData(message), "buy", 3) != 0) status = NATS_ERR;
        natsMsg_Destroy(message);
        message = NULL;
    }
    if (status == NATS_OK) {
        status = natsSubscription_NextMsg(&message, group, 5000);
        natsMsg_Destroy(message);
        message = NULL;
    }
    if (status == NATS_OK) {
        natsStatus asked = natsConnection_RequestString(&message, connection, "nobody.serves.this", "?", 5000);
        if (asked != NATS_NO_RESPONDERS) status = asked == NATS_OK ? NATS_ERR : asked;
        natsMsg_Destroy(message);
    }
    natsSubscription_Destroy(group);
    natsSubscription_Destroy(one);
    return status;
}

int main(int count, char **words) {
    natsOptions *options = NULL;
    natsConnection *connection = NULL;
    char url[64];
    if (count < 4) return 2;
    natsStatus status = nats_Open(-1);
    if (status == NATS_OK) status = natsOptions_Create(&options);
    snprintf(url, sizeof url, "nats://localhost:%s", words[1]);
    if (status == NATS_OK) status = natsOptions_SetURL(options, url);
    if (status == NATS_OK) status = natsOptions_SetAllowReconnect(options, false);
    if (status == NATS_OK) status = secure(options, words[2]);
    if (status == NATS_OK) status = credentials(options, count - 4, words + 4, words[3]);
    if (status == NATS_OK) status = natsConnection_Connect(&connection, options);
    if (status == NATS_OK) status = talk(connection);
    if (status == NATS_OK) status = natsConnection_FlushTimeout(connection, 5000);
    if (status != NATS_OK) fprintf(stderr, "%s: %s\n", natsStatus_GetText(status), nats_GetLastError(NULL));
    natsConnection_Destroy(connection);
    natsOptions_Destroy(options);
    nats_Close();
    return status == NATS_OK ? 0 : 1;
}
