{% snapshot retail_segment_snapshot %}
    {{ config(unique_key="customer_id") }}
    {{ segment_states(ref("retail_customer_segments"), "customer_id") }}
{% endsnapshot %}
