{{ segment_diagnostics(ref("bank_segments_fit")) }}
