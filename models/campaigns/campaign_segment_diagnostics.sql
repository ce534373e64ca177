{{ segment_diagnostics(ref("campaign_segments_fit")) }}
