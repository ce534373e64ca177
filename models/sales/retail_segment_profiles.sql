{{ segment_profiles(ref("retail_segment_profiles_score")) }}
