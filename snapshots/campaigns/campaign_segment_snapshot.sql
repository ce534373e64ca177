{% snapshot campaign_segment_snapshot %}
    {{ config(unique_key="customer_id") }}
    {{ segment_states(ref("campaign_customer_segments"), "customer_id") }}
{% endsnapshot %}
