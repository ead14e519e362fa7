// Streams by the C client: streams PORT
//
// Publishes, pulls, pushes and reads keys. Exits with 1 and the library's words when something fails.

#include <nats/nats.h>
#include <stdio.h>
#include <string.h>

static natsStatus publish(jsCtx *js) {
    natsStatus status = NATS_OK;
    for (int i = 0; i < 20 && status == NATS_OK; i++) {
        jsPubAck *ack = NULL;
        status = js_Publish(&ack, js, "cc.a", "body", 4, NULL, NULL);
        if (status == NATS_OK && ack->Sequence != (uint64_t) i + 1) status = NATS_ERR;
        jsPubAck_Destroy(ack);
    }
    return status;
}

static natsStatus pull(jsCtx *js) {
    natsSubscription *subscription = NULL;
    natsStatus status = js_PullSubscribe(&subscription, js, "cc.a", "CC", NULL, NULL, NULL);
    int taken = 0;
    while (status == NATS_OK && taken < 20) {
        natsMsgList list = {0};
        status = natsSubscription_Fetch(&list, subscription, 7, 5000, NULL);
        for (int i = 0; i < list.Count && status == NATS_OK; i++) status = natsMsg_AckSync(list.Msgs[i], NULL, NULL);
        taken += list.Count;
        natsMsgList_Destroy(&list);
    }
    natsSubscription_Destroy(subscription);
    return status;
}

static natsStatus push(jsCtx *js) {
    natsSubscription *subscription = NULL;
    jsSubOptions options;
    natsStatus status = jsSubOptions_Init(&options);
    options.Ordered = true;
    if (status == NATS_OK) status = js_SubscribeSync(&subscription, js, "cc.a", NULL, &options, NULL);
    for (int i = 0; i < 20 && status == NATS_OK; i++) {
        natsMsg *message = NULL;
        status = natsSubscription_NextMsg(&message, subscription, 5000);
        natsMsg_Destroy(message);
    }
    natsSubscription_Destroy(subscription);
    return status;
}

static natsStatus keys(jsCtx *js) {
    kvStore *store = NULL;
    kvEntry *entry = NULL;
    kvConfig config;
    kvConfig_Init(&config);
    config.Bucket = "CK";
    config.History = 3;
    natsStatus status = js_CreateKeyValue(&store, js, &config);
    if (status == NATS_OK) status = kvStore_PutString(NULL, store, "k", "one");
    if (status == NATS_OK) status = kvStore_PutString(NULL, store, "k", "two");
    if (status == NATS_OK) status = kvStore_Get(&entry, store, "k");
    if (status == NATS_OK && strcmp(kvEntry_ValueString(entry), "two") != 0) status = NATS_ERR;
    kvEntry_Destroy(entry);
    if (status == NATS_OK) status = kvStore_Delete(store, "k");
    kvStore_Destroy(store);
    return status;
}

int main(int count, char **words) {
    natsOptions *options = NULL;
    natsConnection *connection = NULL;
    jsCtx *js = NULL;
    jsStreamInfo *info = NULL;
    char url[64];
    if (count < 2) return 2;
    natsStatus status = nats_Open(-1);
    if (status == NATS_OK) status = natsOptions_Create(&options);
    snprintf(url, sizeof url, "nats://127.0.0.1:%s", words[1]);
    if (status == NATS_OK) status = natsOptions_SetURL(options, url);
    if (status == NATS_OK) status = natsConnection_Connect(&connection, options);
    if (status == NATS_OK) status = natsConnection_JetStream(&js, connection, NULL);
    jsStreamConfig config;
    jsStreamConfig_Init(&config);
    config.Name = "CC";
    config.Subjects = (const char *[]) {"cc.>"};
    config.SubjectsLen = 1;
    if (status == NATS_OK) status = js_AddStream(NULL, js, &config, NULL, NULL);
    if (status == NATS_OK) status = publish(js);
    if (status == NATS_OK) status = pull(js);
    if (status == NATS_OK) status = push(js);
    if (status == NATS_OK) status = keys(js);
    if (status == NATS_OK) status = js_GetStreamInfo(&info, js, "CC", NULL, NULL);
    if (status == NATS_OK && info->State.Msgs != 20) status = NATS_ERR;
    jsStreamInfo_Destroy(info);
    if (status == NATS_OK) status = js_DeleteStream(js, "CC", NULL, NULL);
    if (status != NATS_OK) fprintf(stderr, "%s: %s\n", natsStatus_GetText(status), nats_GetLastError(NULL));
    jsCtx_Destroy(js);
    natsConnection_Destroy(connection);
    natsOptions_Destroy(options);
    nats_Close();
    return status == NATS_OK ? 0 : 1;
}
