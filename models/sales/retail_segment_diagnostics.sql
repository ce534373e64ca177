{{ segment_diagnostics(ref("retail_segments_fit")) }}
