/** Headers with which each sample is sent, from samples/README.md: computed with node:crypto, re-checked with Python. */
export const SAMPLE_HEADERS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'callab/call_started.json': {
    'X-Callab-Signature': '32759fd442919f2e38a2e98bb846a562bcaf68b45b6cad7f2da7f56b3c517520',
  },
  'callab/call_ended.json': {
    'X-Callab-Signature': '37ef215bae20ca1d0c367d18ec0d2a4c9ea67de0d63f9682be9a8d54d1758bfd',
  },
  'callab/call_outcome_extracted.json': {
    'X-Callab-Signature': 'e287937846b11a7f70b1c5c806492e75ff2ad3035f77b99ce23872df2f8d2aca',
  },
  'callttone/call.started.json': callttone(
    'call.started',
    '3048d62167e8938b66991915982305312b22ebca77ee7a72d09796c9e077fb27',
  ),
  'callttone/call.ended.json': callttone(
    'call.ended',
    '548513997fdc0ed4c9d4bf17489c67ebdb4173c41c31f1dead1cddd02ec37794',
  ),
  'callttone/call.ended.outbound.json': callttone(
    'call.ended',
    '97223c47f179a038f31c16c1af24f5d97277704337c2396d7128698a91937f55',
  ),
  'callttone/call.failed.json': callttone(
    'call.failed',
    '63efe4f94db70c6e4aefaba487bfbf723ee124c2b56003dc98e81ec906c138ec',
  ),
  'callttone/transcript.ready.json': callttone(
    'transcript.ready',
    '026bc9ac82ef1a2750a446d3ddc6a3a597c047bcf555f30c4f848bedaff27ec2',
  ),
  'callttone/analysis.complete.json': callttone(
    'analysis.complete',
    'bc73a722b14b9ded674add8ae72439a6f5f3a07466a8ea18112c10e9c35983a0',
  ),
  'callttone/webhook.test.json': callttone(
    'webhook.test',
    'a9822ea4b55cedadd753dc3b22507221cce0f4bf3158e7ca290cf6201bae2986',
  ),
  'atoms/pre-conversation.json': { 'X-Signature': 'a0a2ec182400d7f77b482b3a8032a8280ca770dd4508345b42ae921b52a70bf2' },
  'atoms/post-conversation.json': { 'X-Signature': 'de0f382ced658cb935fb06f7d3f4e35038bfb93e8386f54db7f12cbf5dbc87d7' },
  'atoms/analytics-completed.json': {
    'X-Signature': '95665e838be0c5eb692b41e584307016756fccf926873de099179e28b53b9db9',
  },
  'atoms/legacy.call.start.json': { 'X-Signature': '0c13fbbe2f38fe8be5f507a0b8d6b9514ed246b3f50e88068e2da88a98fd072d' },
  'atoms/legacy.call.end.json': { 'X-Signature': 'e8b913be7485536f6ae06e8ac3d54f5884b4816d9bb14340f63c803ca9a8a6d4' },
  'atoms/legacy.analytics.completed.json': {
    'X-Signature': '24f917adb1b27dcf597676066ee68cd3ea81cc3c867fd64b72d369401d8da39a',
  },
  'vapi/status-update.json': vapi('1b960597ec1cf3002c57f6e74bf072744c0ca9866a0fd7c61de039541c48bce1'),
  'vapi/end-of-call-report.json': vapi('2a14f8c453c7a75fc87c6c6d972ce6f1f3b2acc835d93d4abdadd88ebff6d859'),
  'vapi/speech-update.json': vapi('cf2f16a0136ebcddf96f6455ae3b5349bc3b172958d88eae75d8dc76b52d0010'),
  'retell/call_started.json': retell('43431fa8e92d905ca48d70dd7f53ce3900a5d7d43775377afd072602e4b9cfc1'),
  'retell/call_ended.json': retell('82c209e77bfdc5cbd00dc2a3b66e4da7538ab4742c2be7956a47f2cee8847e67'),
  'retell/call_analyzed.json': retell('f1a9ddf38fbd3484ffa3888095ab6b40bb374e6bb78dce3f675e6f88ecd86da7'),
  'elevenlabs/post_call_transcription.json': elevenlabs(
    'dc050a39380ffc0321eb204c50814fbe7e8df45baa971ab911b413fc7a132d6a',
  ),
  'elevenlabs/call_initiation_failure.json': elevenlabs(
    '9b796fb798a23c7b92ff73b2ba22f9d1ea0561f341ee3cd478ae6517323365f3',
  ),
  'elevenlabs/post_call_audio.json': elevenlabs('722e29bba63cbce6b7e096fbff18691253ccb3d738b9fab11e7c5037d3cf82c6'),
  'synthflow/post_call.json': { 'Synthflow-Signature': 'H4o0+2RHtoPa1jUEqg/CSZwQWDmYpRFXQ+j5nIbVuWg=' },
  'twilio/status.ringing.txt': twilio('GCBNWZrJ2lCiGX9KY0DvxEdF8WA='),
  'twilio/status.completed.txt': twilio('UBosOZSbbZUkcMGMrWiBUVc6jnU='),
  'twilio/status.busy.txt': twilio('S5YsLidbmeovdCs+ekc1GMuV4sM='),
  'callrail/post_call.json': { Signature: '3m01LizH0+D57gb1SjE5Hsvguaw=' },
  'callrail/call_modified.json': { Signature: 'DvGXrKBdyapfdJfs47JOxlzPvm0=' },
  'callrail/pre_call.json': { Signature: 'zyzOw6OGSVqQjiDrbRoJKmQTvNc=' },
  'telnyx/call.initiated.json': telnyx(
    'hYmmgzKs58Rq9J4I8qTjDB/T1iZEsLVNdpkcWppUQe/r6NMxd9e3nmZyj10JSQz8zub3vtb6puT8nqzjIqhvCw==',
  ),
  'telnyx/call.hangup.json': telnyx(
    'COOwfz0bt1PizTyRX9VqSgFIWVMMC6/DoFPSWmWlB1p4+qhTjMcqmJHW+97YLTfXB3tc4ZmaRMm9FzkSkXY5CA==',
  ),
  'telnyx/call.recording.saved.json': telnyx(
    'w/iMTuCj7wtv79JiOboWUGyKqdA2d9sal061NYAsu0tW6HzPCxgTS+J4b3vrw/sz3Opz2Fl8JeyoKQiz2QmmBg==',
  ),
  'standard-webhooks/call.completed.json': {
    'webhook-id': 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4W',
    'webhook-timestamp': '1795176000',
    'webhook-signature':
      'v1,LeMQsuD0+EIwMU8NDkIAhY0KGbso7xzbu/Jv1llDCbk= v1,K4H6PTM8WuS5JN1/Q1M9EpKuYh4fEEpiswqSrqsZ+nM=',
  },
};

function callttone(event: string, signature: string): Record<string, string> {
  return { 'X-Webhook-Signature': signature, 'X-Webhook-Timestamp': '1795176000', 'X-Webhook-Event': event };
}

function vapi(signature: string): Record<string, string> {
  return { 'X-Vapi-Secret': 'whsec_test_secret', 'x-timestamp': '1795176000000', 'x-signature': signature };
}

function retell(digest: string): Record<string, string> {
  return { 'X-Retell-Signature': `v=1795176000000,d=${digest}` };
}

function elevenlabs(digest: string): Record<string, string> {
  return { 'ElevenLabs-Signature': `t=1795176000,v0=${digest}` };
}

function twilio(signature: string): Record<string, string> {
  return { 'X-Twilio-Signature': signature, 'Content-Type': 'application/x-www-form-urlencoded; charset=UTF-8' };
}

function telnyx(signature: string): Record<string, string> {
  return { 'telnyx-timestamp': '1795176000', 'telnyx-signature-ed25519': signature };
}
